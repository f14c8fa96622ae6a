"""What is bought, given back, paid, used and serviced, as other systems tell it."""

from typing import Annotated, ClassVar

from pydantic import Field, model_validator

from shared.contracts.common import LongText, ShortText
from shared.contracts.inbound.base import Amount, InboundInteraction, StrictValue, WrittenDate
from shared.contracts.interaction.trade import PaymentStatus, ServiceKind


class InboundPurchaseLine(StrictValue):
    category: ShortText
    quantity: Annotated[int, Field(strict=True, ge=1, le=1_000_000)] = 1
    amount: Amount
    cost: Amount | None = None
    margin: Amount | None = None


class InboundPurchase(InboundInteraction):
    """A purchase; `order_id` is the sender's, `margin` what the business earned of it, where known.

    Instead of the margin its `cost` may be told, or either of every line: margin and cost make up the amount. What was
    sold below its cost is told by its cost, since amounts carry no sign.
    """

    event_type: ClassVar[str] = "rapport.inbound.purchase_recorded.v1"

    order_id: ShortText
    amount: Amount
    margin: Amount | None = None
    lines: Annotated[tuple[InboundPurchaseLine, ...], Field(max_length=500)] = ()
    cost: Amount | None = None


class InboundReturn(InboundInteraction):
    """Something bought was given back; amounts are positive."""

    event_type: ClassVar[str] = "rapport.inbound.return_recorded.v1"

    order_id: ShortText
    amount: Amount
    margin: Amount | None = None
    reason: LongText | None = None
    cost: Amount | None = None


class InboundPayment(InboundInteraction):
    """An invoice fell due, was paid, or is overdue: by `overdue_days`, which are counted from `due_on` if left out."""

    event_type: ClassVar[str] = "rapport.inbound.payment_recorded.v1"

    invoice: ShortText
    status: PaymentStatus
    amount: Amount
    due_on: WrittenDate | None = None
    overdue_days: Annotated[int, Field(strict=True, ge=0, le=36_500)] | None = None
    order_id: ShortText | None = None

    @model_validator(mode="after")
    def _late_by_how_much(self) -> "InboundPayment":
        if self.status == "overdue" and self.due_on is None and not self.overdue_days:
            raise ValueError("an overdue payment needs `due_on` or `overdue_days`")
        if self.status == "due" and self.overdue_days:
            raise ValueError("a payment that falls due is not late; send it as `overdue`, or leave `overdue_days` out")
        return self


class InboundUsage(InboundInteraction):
    """How much of something was used."""

    event_type: ClassVar[str] = "rapport.inbound.usage_recorded.v1"

    metric: ShortText
    value: Annotated[str, Field(pattern=r"^\d{1,12}(\.\d{1,6})?$", examples=["412.5"], description="a decimal")]
    unit: ShortText | None = None


class InboundService(InboundInteraction):
    """Something was done for the customer: a repair, an installation, a delivery."""

    event_type: ClassVar[str] = "rapport.inbound.service_performed.v1"

    service: ServiceKind
    item: Annotated[ShortText | None, Field(description="what it was done to: a vehicle, a machine, a ring")] = None
    order_id: ShortText | None = None
    handler: ShortText | None = None
    description: LongText | None = None
    promised_on: Annotated[WrittenDate | None, Field(description="the last day on which it was in time")] = None
