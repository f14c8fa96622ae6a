"""What other systems may publish to `inbound.events` or post as CloudEvents: interactions in their own words.

The pair (source, id) of the envelope identifies the interaction for ever; `time` says when it happened; the customer is
named in the data, by the platform's id or by an identity of the other system.
"""

from typing import Annotated, ClassVar, Literal
from uuid import UUID

from pydantic import ConfigDict, Field, model_validator

from shared.contracts.common import CurrencyCode, LongText, ShortText, Value
from shared.contracts.envelope import EventData
from shared.contracts.interaction import Severity
from shared.contracts.topics import INBOUND_EVENTS

DecimalAmount = Annotated[
    str,
    Field(pattern=r"^\d{1,13}(\.\d{1,4})?$", examples=["29.33"], description="a decimal in the currency's major unit"),
]


class StrictValue(Value):
    """Input from outside: an unknown field is an error there and then, not a loss noticed later."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Amount(StrictValue):
    """A decimal amount as people write it; more digits than the currency has are refused."""

    amount: DecimalAmount
    currency: CurrencyCode


class CustomerReference(StrictValue):
    """Either `id`, or `source` and `external_id` together."""

    id: UUID | None = None
    source: ShortText | None = None
    external_id: ShortText | None = None

    @model_validator(mode="after")
    def _one_identity(self) -> "CustomerReference":
        external = self.source is not None and self.external_id is not None
        if (self.id is not None) == external or (self.source is None) != (self.external_id is None):
            raise ValueError("name the customer either by `id` or by `source` and `external_id` together")
        return self


class InboundInteraction(EventData):
    model_config = ConfigDict(frozen=True, extra="forbid")

    topic: ClassVar[str] = INBOUND_EVENTS.name

    customer: CustomerReference
    channel: ShortText | None = None
    actor: ShortText | None = None


class InboundPurchaseLine(StrictValue):
    category: ShortText
    quantity: Annotated[int, Field(strict=True, ge=1, le=1_000_000)] = 1
    amount: Amount


class InboundPurchase(InboundInteraction):
    """A purchase; `order_id` is the sender's, `margin` what the business earned of it, where known."""

    event_type: ClassVar[str] = "rapport.inbound.purchase_recorded.v1"

    order_id: ShortText
    amount: Amount
    margin: Amount | None = None
    lines: Annotated[tuple[InboundPurchaseLine, ...], Field(max_length=500)] = ()


class InboundReturn(InboundInteraction):
    """Something bought was given back; amounts are positive."""

    event_type: ClassVar[str] = "rapport.inbound.return_recorded.v1"

    order_id: ShortText
    amount: Amount
    margin: Amount | None = None
    reason: LongText | None = None


class InboundComplaint(InboundInteraction):
    """A complaint began; `case` is the sender's name for it, and a resolution refers to it."""

    event_type: ClassVar[str] = "rapport.inbound.complaint_opened.v1"

    case: ShortText
    severity: Severity
    category: ShortText
    description: LongText | None = None


class InboundComplaintResolution(InboundInteraction):
    """The complaint that `case` names, from the same source, was resolved."""

    event_type: ClassVar[str] = "rapport.inbound.complaint_resolved.v1"

    case: ShortText
    outcome: LongText | None = None
    compensation: Amount | None = None


class InboundVisit(InboundInteraction):
    """Customer and business met."""

    event_type: ClassVar[str] = "rapport.inbound.visit_recorded.v1"

    place: Literal["store", "on_site", "remote"] = "store"
    purpose: ShortText | None = None
    notes: LongText | None = None


class InboundSurvey(InboundInteraction):
    """A customer answered: CSAT from 1 to 5, or NPS from 0 to 10."""

    event_type: ClassVar[str] = "rapport.inbound.survey_answered.v1"

    instrument: Literal["csat", "nps"]
    score: Annotated[int, Field(strict=True, ge=0, le=10)]
    comment: LongText | None = None

    @model_validator(mode="after")
    def _within_instrument(self) -> "InboundSurvey":
        if self.instrument == "csat" and not 1 <= self.score <= 5:
            raise ValueError("a CSAT score lies between 1 and 5")
        return self


class InboundReferral(InboundInteraction):
    """The customer brought somebody: an existing customer where known, else a free label."""

    event_type: ClassVar[str] = "rapport.inbound.referral_made.v1"

    referred_customer_id: UUID | None = None
    referred_label: ShortText | None = None
