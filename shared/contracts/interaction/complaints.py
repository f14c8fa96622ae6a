"""The life of a complaint: opened, responded to, resolved, followed up, closed; or reopened at any time after.

`case` names the complaint within its source; all that happens to it refers to that name.
"""

from enum import StrEnum
from typing import Annotated, ClassVar

from pydantic import Field

from shared.contracts.common import Instant, LongText, Money, ShortText
from shared.contracts.interaction.base import InteractionRecorded

Stars = Annotated[int, Field(ge=1, le=5)]


class Severity(StrEnum):
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"


class ComplaintOpened(InteractionRecorded):
    """`case` names the complaint within its source; a resolution refers to it.

    `respond_by` and `resolve_by` are what the business promised, `green_channel` whether that is the quicker promise
    given to core and key accounts.
    """

    event_type: ClassVar[str] = "rapport.interaction.complaint_opened.v1"

    case: ShortText
    severity: Severity
    category: ShortText
    description: LongText | None = None
    department: ShortText | None = None
    handler: ShortText | None = None
    order_id: ShortText | None = None
    green_channel: bool = False
    respond_by: Instant | None = None
    resolve_by: Instant | None = None


class ComplaintAssigned(InteractionRecorded):
    """The case was given to a department, a person or both; what is null stays as it was."""

    event_type: ClassVar[str] = "rapport.interaction.complaint_assigned.v1"

    case: ShortText
    department: ShortText | None = None
    handler: ShortText | None = None


class ComplaintResponded(InteractionRecorded):
    """Somebody answered the customer; the first answer stops the clock of the first response."""

    event_type: ClassVar[str] = "rapport.interaction.complaint_responded.v1"

    case: ShortText
    handler: ShortText | None = None
    message: LongText | None = None


class ComplaintResolved(InteractionRecorded):
    """The complaint that `case` names was resolved; what was given to make up for it, where anything was."""

    event_type: ClassVar[str] = "rapport.interaction.complaint_resolved.v1"

    case: ShortText
    outcome: LongText | None = None
    compensation: Money | None = None
    cause: (
        Annotated[ShortText, Field(description="why it came to the complaint, as the business sorts causes")] | None
    ) = None
    department: ShortText | None = None
    handler: ShortText | None = None


class ComplaintFollowedUp(InteractionRecorded):
    """After the resolution the customer was asked how it went; `score` is 1 to 5."""

    event_type: ClassVar[str] = "rapport.interaction.complaint_follow_up_made.v1"

    case: ShortText
    reached: bool = True
    satisfied: bool | None = None
    score: Stars | None = None
    comment: LongText | None = None
    handler: ShortText | None = None


class ComplaintClosed(InteractionRecorded):
    """Nothing more is to be done; a case may also be closed without a resolution, for example as unfounded."""

    event_type: ClassVar[str] = "rapport.interaction.complaint_closed.v1"

    case: ShortText
    reason: LongText | None = None
    handler: ShortText | None = None


class ComplaintReopened(InteractionRecorded):
    """The customer is not content: the case is open again, with new promises; null leaves the severity as it was."""

    event_type: ClassVar[str] = "rapport.interaction.complaint_reopened.v1"

    case: ShortText
    reason: LongText | None = None
    severity: Severity | None = None
    green_channel: bool = False
    respond_by: Instant | None = None
    resolve_by: Instant | None = None
