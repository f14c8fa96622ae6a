"""What each kind of interaction tells, beside who, when and where from."""

from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar, Literal
from uuid import UUID

from shared.errors import InvalidInput
from shared.money import Money, decimal_text


class Kind(StrEnum):
    PURCHASE = "purchase"
    RETURN = "return"
    COMPLAINT = "complaint"
    COMPLAINT_RESOLUTION = "complaint_resolution"
    VISIT = "visit"
    SURVEY = "survey"
    REFERRAL = "referral"


@dataclass(frozen=True, slots=True, kw_only=True)
class PurchaseLine:
    category: str
    quantity: int
    amount: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class Purchase:
    kind: ClassVar[Kind] = Kind.PURCHASE

    order_id: str
    amount: Money
    margin: Money | None = None
    lines: tuple[PurchaseLine, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Return:
    kind: ClassVar[Kind] = Kind.RETURN

    order_id: str
    amount: Money
    margin: Money | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Complaint:
    kind: ClassVar[Kind] = Kind.COMPLAINT

    case: str
    severity: Literal["low", "medium", "high", "critical"]
    category: str
    description: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ComplaintResolution:
    kind: ClassVar[Kind] = Kind.COMPLAINT_RESOLUTION

    case: str
    outcome: str | None = None
    compensation: Money | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    kind: ClassVar[Kind] = Kind.VISIT

    place: Literal["store", "on_site", "remote"]
    purpose: str | None = None
    notes: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    kind: ClassVar[Kind] = Kind.SURVEY

    instrument: Literal["csat", "nps"]
    score: int
    comment: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Referral:
    kind: ClassVar[Kind] = Kind.REFERRAL

    referred_customer_id: UUID | None = None
    referred_label: str | None = None


Details = Purchase | Return | Complaint | ComplaintResolution | Visit | Survey | Referral


def check_purchase(purchase: Purchase) -> Purchase:
    """Raises InvalidInput when the lines do not add up to the amount, or a currency differs from the amount's."""
    total = purchase.amount
    for index, line in enumerate(purchase.lines):
        _same_currency(line.amount, total, f"lines[{index}].amount.currency")
    _same_currency(purchase.margin, total, "margin.currency")
    if purchase.lines:
        lines = Money(sum(line.amount.minor for line in purchase.lines), total.currency)
        if lines != total:
            raise InvalidInput(
                f"the lines add up to {decimal_text(lines)} {total.currency}, the amount says {decimal_text(total)}; "
                "send lines that make up the whole amount, or none",
                code="lines_do_not_add_up",
                field="lines",
            )
    return purchase


def check_return(given_back: Return) -> Return:
    """Raises InvalidInput when nothing is given back, or the margin is in another currency."""
    if given_back.amount.minor == 0:
        raise InvalidInput(
            "a return gives something back: its amount is greater than zero, and written without a sign",
            code="amount_not_positive",
            field="amount.amount",
        )
    _same_currency(given_back.margin, given_back.amount, "margin.currency")
    return given_back


def _same_currency(money: Money | None, total: Money, field: str) -> None:
    if money is not None and money.currency != total.currency:
        raise InvalidInput(
            f"this is in {money.currency}, the amount is in {total.currency}; one interaction has one currency",
            code="currencies_differ",
            field=field,
        )
