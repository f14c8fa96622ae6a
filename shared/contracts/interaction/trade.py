"""What is bought, given back, paid, used and serviced."""

from datetime import date
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from shared.contracts.common import LongText, Money, ShortText, Value
from shared.contracts.interaction.base import InteractionRecorded

PaymentStatus = Literal["due", "paid", "overdue"]
ServiceKind = Literal["maintenance", "repair", "installation", "inspection", "delivery", "consultation", "other"]


class PurchaseLine(Value):
    """`cost` is what the goods cost the business, `margin` what it earned; where one is known, so is the other."""

    category: ShortText
    quantity: Annotated[int, Field(ge=1, le=1_000_000)]
    amount: Money
    cost: Money | None = None
    margin: Money | None = None


class PurchaseRecorded(InteractionRecorded):
    """`amount` is what was paid in all; `margin`, where known, what the business earned of it.

    Margin and cost make up the amount. Where only one of them was told, or only those of all the lines, the other one
    and the sums are derived; a margin may thus be negative.
    """

    event_type: ClassVar[str] = "rapport.interaction.purchase_recorded.v1"

    order_id: ShortText
    amount: Money
    margin: Money | None = None
    lines: tuple[PurchaseLine, ...] = ()
    cost: Money | None = None


class ReturnRecorded(InteractionRecorded):
    """`amount` and `margin` are positive: what was given back, and the margin lost by it."""

    event_type: ClassVar[str] = "rapport.interaction.return_recorded.v1"

    order_id: ShortText
    amount: Money
    margin: Money | None = None
    reason: LongText | None = None
    cost: Money | None = None


class PaymentRecorded(InteractionRecorded):
    """An invoice fell due, was paid, or was found unpaid after its day.

    `overdue_days` says by how many days a paid or overdue one was late: 0 when paid in time, null when not known.
    """

    event_type: ClassVar[str] = "rapport.interaction.payment_recorded.v1"

    invoice: ShortText
    status: PaymentStatus
    amount: Money
    due_on: date | None = None
    overdue_days: Annotated[int, Field(ge=0, le=36_500)] | None = None
    order_id: ShortText | None = None


class UsageRecorded(InteractionRecorded):
    """How much of something was used, as an exact decimal: `value` 412.5 of the metric `energy` in the unit `kWh`."""

    event_type: ClassVar[str] = "rapport.interaction.usage_recorded.v1"

    metric: ShortText
    value: Annotated[str, Field(pattern=r"^\d{1,12}(\.\d{1,6})?$", examples=["412.5"])]
    unit: ShortText | None = None


class ServicePerformed(InteractionRecorded):
    """Something was done for the customer: a repair, an installation, a delivery; `occurred_at` is when it was done,
    `promised_on` the last day on which it was in time, as promised."""

    event_type: ClassVar[str] = "rapport.interaction.service_performed.v1"

    service: ServiceKind
    item: Annotated[ShortText, Field(description="what it was done to: a vehicle, a machine, a ring")] | None = None
    order_id: ShortText | None = None
    handler: ShortText | None = None
    description: LongText | None = None
    promised_on: date | None = None
