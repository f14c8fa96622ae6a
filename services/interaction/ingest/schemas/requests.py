"""Interactions as callers send them: the contract's words, with the identity and time an event has in its envelope."""

from collections.abc import Sequence
from typing import Annotated, Any, Literal, get_args

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    TypeAdapter,
    ValidationError,
    ValidatorFunctionWrapHandler,
    WrapValidator,
)

from services.interaction.ingest.interaction import RecordInteraction
from services.interaction.ingest.schemas.examples import INTERACTIONS
from services.interaction.ingest.schemas.inbound import Admission
from shared.contracts.common import ShortText
from shared.contracts.inbound import (
    InboundCall,
    InboundCompetitor,
    InboundComplaint,
    InboundComplaintAssignment,
    InboundComplaintClosure,
    InboundComplaintFollowUp,
    InboundComplaintReopening,
    InboundComplaintResolution,
    InboundComplaintResponse,
    InboundCorrespondence,
    InboundEngagement,
    InboundMention,
    InboundNote,
    InboundPayment,
    InboundPurchase,
    InboundReferral,
    InboundReturn,
    InboundService,
    InboundSurvey,
    InboundUsage,
    InboundVisit,
    InboundVoid,
)
from shared.errors import InvalidInput
from shared.ids import uuid7
from shared.structs import struct_union
from shared.web.instants import WrittenInstant
from shared.web.problems import invalid_input
from shared.web.schemas import RequestModel

MAX_BATCH = 1000
_short_text: TypeAdapter[str] = TypeAdapter(ShortText)


class Submission(BaseModel):
    """What is told of any interaction beside its kind's own fields."""

    occurred_at: Annotated[
        WrittenInstant,
        Field(description="when it happened, with its offset from UTC", examples=["2026-03-14T10:30:00+08:00"]),
    ]
    source: Annotated[
        ShortText | None,
        Field(description="the system it comes from; by default the subject of the token", examples=["shop"]),
    ] = None
    id: Annotated[
        ShortText | None,
        Field(
            description="its identity in that system, unique for ever: sent again it is not recorded again; "
            "without one, repeat a request only under the same Idempotency-Key",
            examples=["order-4711"],
        ),
    ] = None


class PurchaseCreate(Submission, InboundPurchase):
    kind: Literal["purchase"]


class ReturnCreate(Submission, InboundReturn):
    kind: Literal["return"]


class ComplaintCreate(Submission, InboundComplaint):
    """Opens the case named by `source` and `case`."""

    kind: Literal["complaint"]


class ComplaintResolutionCreate(Submission, InboundComplaintResolution):
    """Resolves the case named by `source` and `case`, whichever of the two arrives first."""

    kind: Literal["complaint_resolution"]


class VisitCreate(Submission, InboundVisit):
    kind: Literal["visit"]


class SurveyCreate(Submission, InboundSurvey):
    """`score` is 1 to 5 for `csat` and 0 to 10 for `nps`."""

    kind: Literal["survey"]


class ReferralCreate(Submission, InboundReferral):
    kind: Literal["referral"]


class PaymentCreate(Submission, InboundPayment):
    """An invoice fell due, was paid, or is overdue."""

    kind: Literal["payment"]


class UsageCreate(Submission, InboundUsage):
    kind: Literal["usage"]


class ServiceCreate(Submission, InboundService):
    kind: Literal["service"]


class ComplaintAssignmentCreate(Submission, InboundComplaintAssignment):
    """Gives the case to a department or a person."""

    kind: Literal["complaint_assignment"]


class ComplaintResponseCreate(Submission, InboundComplaintResponse):
    """Answers the customer; the first answer stops the clock."""

    kind: Literal["complaint_response"]


class ComplaintFollowUpCreate(Submission, InboundComplaintFollowUp):
    """How it went, asked after the resolution."""

    kind: Literal["complaint_follow_up"]


class ComplaintClosureCreate(Submission, InboundComplaintClosure):
    kind: Literal["complaint_closure"]


class ComplaintReopeningCreate(Submission, InboundComplaintReopening):
    """Opens the case again, with new promises."""

    kind: Literal["complaint_reopening"]


class CallCreate(Submission, InboundCall):
    kind: Literal["call"]


class CorrespondenceCreate(Submission, InboundCorrespondence):
    """A message from or to the customer, written by people; the platform's own are in the timeline as `message`."""

    kind: Literal["correspondence"]


class MentionCreate(Submission, InboundMention):
    kind: Literal["mention"]


class EngagementCreate(Submission, InboundEngagement):
    kind: Literal["engagement"]


class CompetitorCreate(Submission, InboundCompetitor):
    kind: Literal["competitor"]


class NoteCreate(Submission, InboundNote):
    kind: Literal["note"]


class VoidCreate(Submission, InboundVoid):
    """Takes an earlier interaction of the same customer back. To correct one, send the right one with `amends`."""

    kind: Literal["void"]


InteractionCreate = Annotated[
    PurchaseCreate
    | ReturnCreate
    | PaymentCreate
    | UsageCreate
    | ServiceCreate
    | ComplaintCreate
    | ComplaintAssignmentCreate
    | ComplaintResponseCreate
    | ComplaintResolutionCreate
    | ComplaintFollowUpCreate
    | ComplaintClosureCreate
    | ComplaintReopeningCreate
    | VisitCreate
    | SurveyCreate
    | ReferralCreate
    | CallCreate
    | CorrespondenceCreate
    | MentionCreate
    | EngagementCreate
    | CompetitorCreate
    | NoteCreate
    | VoidCreate,
    Field(discriminator="kind"),
]
InteractionStruct: Any = struct_union(get_args(get_args(InteractionCreate)[0]), tag="kind")
"""The same as structs, in which the quick lane reads."""


def _or_refusal(value: Any, validate: ValidatorFunctionWrapHandler) -> Any:
    """An item that cannot be read takes its place in the batch as an error: it must not spoil the others."""
    try:
        return validate(value)
    except ValidationError as error:
        return invalid_input(error, value, InteractionCreate)


class BatchCreate(RequestModel):
    """Interactions to record. Each is looked at for itself: one that is wrong does not hold up the others."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"items": [INTERACTIONS["purchase"], INTERACTIONS["visit"]]}]}
    )

    items: Annotated[
        list[Annotated[InteractionCreate, WrapValidator(_or_refusal)]],
        Field(min_length=1, max_length=MAX_BATCH),
    ]

    @property
    def submissions(self) -> Sequence[InteractionCreate | InvalidInput]:
        """Items in their order, with an error in the place of each that cannot be read."""
        return self.items


def command_of(
    submission: InteractionCreate, admission: Admission, *, default_source: str, **origin: str | None
) -> RecordInteraction:
    """`submission` is a model or its struct. Raises InvalidInput naming the field that breaks a rule."""
    return admission.command_of(
        submission,
        source=submission.source or _fit(default_source),
        source_id=submission.id or str(uuid7()),
        occurred_at=submission.occurred_at,
        **origin,
    )


def _fit(subject: str) -> str:
    """The subject of a token is whatever its issuer likes; a source is one short line."""
    try:
        return _short_text.validate_python(subject)
    except ValidationError:
        raise InvalidInput(
            "the subject of the token does not fit here; name the system it comes from", code="required", field="source"
        ) from None
