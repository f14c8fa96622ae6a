"""The life of a complaint, as other systems tell it; `case` is the sender's name for it throughout."""

from typing import Annotated, ClassVar

from pydantic import Field, StrictBool, model_validator

from shared.contracts.common import LongText, ShortText
from shared.contracts.inbound.base import Amount, InboundInteraction
from shared.contracts.interaction.complaints import Severity


class InboundComplaint(InboundInteraction):
    """A complaint began; `case` is the sender's name for it, and a resolution refers to it."""

    event_type: ClassVar[str] = "rapport.inbound.complaint_opened.v1"

    case: ShortText
    severity: Severity
    category: ShortText
    description: LongText | None = None
    department: ShortText | None = None
    handler: ShortText | None = None
    order_id: ShortText | None = None


class InboundComplaintResolution(InboundInteraction):
    """The complaint that `case` names, from the same source, was resolved."""

    event_type: ClassVar[str] = "rapport.inbound.complaint_resolved.v1"

    case: ShortText
    outcome: LongText | None = None
    compensation: Amount | None = None
    cause: Annotated[ShortText | None, Field(description="why it came to the complaint, by your own sorting")] = None
    department: ShortText | None = None
    handler: ShortText | None = None


class InboundComplaintAssignment(InboundInteraction):
    """The case was given to a department, a person or both; what is left out stays as it was."""

    event_type: ClassVar[str] = "rapport.inbound.complaint_assigned.v1"

    case: ShortText
    department: ShortText | None = None
    handler: ShortText | None = None

    @model_validator(mode="after")
    def _to_somebody(self) -> "InboundComplaintAssignment":
        if self.department is None and self.handler is None:
            raise ValueError("say to whom: a `department`, a `handler` or both")
        return self


class InboundComplaintResponse(InboundInteraction):
    """Somebody answered the customer."""

    event_type: ClassVar[str] = "rapport.inbound.complaint_responded.v1"

    case: ShortText
    handler: ShortText | None = None
    message: LongText | None = None


class InboundComplaintFollowUp(InboundInteraction):
    """After the resolution the customer was asked how it went; `score` is 1 to 5."""

    event_type: ClassVar[str] = "rapport.inbound.complaint_follow_up_made.v1"

    case: ShortText
    reached: StrictBool = True
    satisfied: StrictBool | None = None
    score: Annotated[int, Field(strict=True, ge=1, le=5)] | None = None
    comment: LongText | None = None
    handler: ShortText | None = None

    @model_validator(mode="after")
    def _answers_of_somebody(self) -> "InboundComplaintFollowUp":
        if not self.reached and (self.satisfied is not None or self.score is not None):
            raise ValueError("who was not reached gave no answer; leave out `satisfied` and `score`")
        return self


class InboundComplaintClosure(InboundInteraction):
    """Nothing more is to be done."""

    event_type: ClassVar[str] = "rapport.inbound.complaint_closed.v1"

    case: ShortText
    reason: LongText | None = None
    handler: ShortText | None = None


class InboundComplaintReopening(InboundInteraction):
    """The customer is not content: the case is open again; `severity` only if it is another one now."""

    event_type: ClassVar[str] = "rapport.inbound.complaint_reopened.v1"

    case: ShortText
    reason: LongText | None = None
    severity: Severity | None = None
