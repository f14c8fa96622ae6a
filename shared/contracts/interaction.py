"""What the interaction service publishes: one event per recorded interaction, once its customer is known."""

from enum import StrEnum
from typing import Annotated, ClassVar, Literal
from uuid import UUID

from pydantic import Field

from shared.contracts.common import Instant, LongText, Money, ShortText, Value
from shared.contracts.envelope import EventData
from shared.contracts.topics import INTERACTION_EVENTS


class Severity(StrEnum):
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"


class InteractionRecorded(EventData):
    """What every interaction has: `occurred_at` is when it happened, `recorded_at` when the platform accepted it.

    `source` and `source_id` are the identity its origin gave it; the pair is unique for ever.
    """

    topic: ClassVar[str] = INTERACTION_EVENTS.name

    interaction_id: UUID
    customer_id: UUID
    source: ShortText
    source_id: ShortText
    occurred_at: Instant
    recorded_at: Instant
    channel: ShortText | None = None
    actor: ShortText | None = None


class PurchaseLine(Value):
    category: ShortText
    quantity: Annotated[int, Field(ge=1, le=1_000_000)]
    amount: Money


class PurchaseRecorded(InteractionRecorded):
    """`amount` is what was paid in all; `margin`, where known, what the business earned of it."""

    event_type: ClassVar[str] = "rapport.interaction.purchase_recorded.v1"

    order_id: ShortText
    amount: Money
    margin: Money | None = None
    lines: tuple[PurchaseLine, ...] = ()


class ReturnRecorded(InteractionRecorded):
    """`amount` and `margin` are positive: what was given back, and the margin lost by it."""

    event_type: ClassVar[str] = "rapport.interaction.return_recorded.v1"

    order_id: ShortText
    amount: Money
    margin: Money | None = None
    reason: LongText | None = None


class ComplaintOpened(InteractionRecorded):
    """`case` names the complaint within its source; a resolution refers to it."""

    event_type: ClassVar[str] = "rapport.interaction.complaint_opened.v1"

    case: ShortText
    severity: Severity
    category: ShortText
    description: LongText | None = None


class ComplaintResolved(InteractionRecorded):
    """The complaint that `case` names was resolved; what was given to make up for it, where anything was."""

    event_type: ClassVar[str] = "rapport.interaction.complaint_resolved.v1"

    case: ShortText
    outcome: LongText | None = None
    compensation: Money | None = None


class VisitRecorded(InteractionRecorded):
    """Customer and business met: in the shop, at the customer's, or by telephone or video."""

    event_type: ClassVar[str] = "rapport.interaction.visit_recorded.v1"

    place: Literal["store", "on_site", "remote"]
    purpose: ShortText | None = None
    notes: LongText | None = None


class SurveyAnswered(InteractionRecorded):
    """`score` is 1-5 for CSAT and 0-10 for NPS."""

    event_type: ClassVar[str] = "rapport.interaction.survey_answered.v1"

    instrument: Literal["csat", "nps"]
    score: Annotated[int, Field(ge=0, le=10)]
    comment: LongText | None = None


class ReferralMade(InteractionRecorded):
    """The customer brought somebody: an existing customer where known, else a free label."""

    event_type: ClassVar[str] = "rapport.interaction.referral_made.v1"

    referred_customer_id: UUID | None = None
    referred_label: ShortText | None = None
