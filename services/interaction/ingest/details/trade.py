"""What is told of trade: bought, given back, paid, used, serviced."""

from dataclasses import dataclass
from datetime import date
from typing import ClassVar, Literal

from services.interaction.ingest.details.kinds import Kind
from shared.money import Money


@dataclass(frozen=True, slots=True, kw_only=True)
class PurchaseLine:
    category: str
    quantity: int
    amount: Money
    cost: Money | None = None
    margin: Money | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Purchase:
    kind: ClassVar[Kind] = Kind.PURCHASE

    order_id: str
    amount: Money
    margin: Money | None = None
    lines: tuple[PurchaseLine, ...] = ()
    cost: Money | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Return:
    kind: ClassVar[Kind] = Kind.RETURN

    order_id: str
    amount: Money
    margin: Money | None = None
    reason: str | None = None
    cost: Money | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Payment:
    kind: ClassVar[Kind] = Kind.PAYMENT

    invoice: str
    status: Literal["due", "paid", "overdue"]
    amount: Money
    due_on: date | None = None
    overdue_days: int | None = None
    order_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    kind: ClassVar[Kind] = Kind.USAGE

    metric: str
    value: str
    unit: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    kind: ClassVar[Kind] = Kind.SERVICE

    service: str
    item: str | None = None
    order_id: str | None = None
    handler: str | None = None
    description: str | None = None
    promised_on: date | None = None
