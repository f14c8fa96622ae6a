"""Whether the amounts of a purchase or a return fit together, and what the business earned by it."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import TypeVar

from services.interaction.ingest.details import Payment, Purchase, PurchaseLine, Return
from shared.errors import InvalidInput
from shared.money import Money, decimal_text

Part = TypeVar("Part", Purchase, PurchaseLine, Return)


def check_purchase(purchase: Purchase) -> Purchase:
    """Raises InvalidInput when lines do not add up to the amount, a currency differs, or cost and margin do not fit."""
    total = purchase.amount
    for index, line in enumerate(purchase.lines):
        _same_currency(line.amount, total, f"lines[{index}].amount.currency")
        _check_margin(line, total, f"lines[{index}].")
    _check_margin(purchase, total, "")
    if purchase.lines:
        lines = Money(sum(line.amount.minor for line in purchase.lines), total.currency)
        if lines != total:
            raise InvalidInput(
                f"the lines add up to {decimal_text(lines)} {total.currency}, the amount says {decimal_text(total)}; "
                "send lines that make up the whole amount, or none",
                code="lines_do_not_add_up",
                field="lines",
            )
        _check_against_lines(purchase)
    return purchase


def check_return(given_back: Return) -> Return:
    """Raises InvalidInput when nothing is given back, or cost and margin do not fit."""
    if given_back.amount.minor == 0:
        raise InvalidInput(
            "a return gives something back: its amount is greater than zero, and written without a sign",
            code="amount_not_positive",
            field="amount.amount",
        )
    _check_margin(given_back, given_back.amount, "")
    return given_back


def earned(purchase: Purchase) -> Purchase:
    """With what follows from what was told: of cost and margin the other one, and the sums over all lines."""
    margin = _margin_of(purchase)
    margin = _margin_by_lines(purchase) if margin is None else margin
    lines = tuple(_completed(line, _margin_of(line)) for line in purchase.lines)
    return replace(_completed(purchase, margin), lines=lines)


def given_up(given_back: Return) -> Return:
    """With the other one of cost and margin."""
    return _completed(given_back, _margin_of(given_back))


def with_days_late(payment: Payment, occurred_at: datetime) -> Payment:
    """With the days from the one it was due on, counted in UTC, where its sender did not count them."""
    if payment.overdue_days is not None or payment.due_on is None or payment.status == "due":
        return payment
    return replace(payment, overdue_days=max(0, (occurred_at.astimezone(UTC).date() - payment.due_on).days))


def _completed(part: Part, margin: int | None) -> Part:
    if margin is None:
        return part
    currency = part.amount.currency
    return replace(part, margin=Money(margin, currency), cost=Money(part.amount.minor - margin, currency))


def _check_margin(part: Purchase | PurchaseLine | Return, total: Money, path: str) -> None:
    _same_currency(part.margin, total, f"{path}margin.currency")
    _same_currency(part.cost, total, f"{path}cost.currency")
    if part.margin is None or part.cost is None:
        return
    if part.margin.minor + part.cost.minor != part.amount.minor:
        raise _misfit(
            f"cost {decimal_text(part.cost)} and margin {decimal_text(part.margin)} do not make up the amount of "
            f"{decimal_text(part.amount)}",
            f"{path}margin",
        )


def _check_against_lines(purchase: Purchase) -> None:
    """What is told of the whole and of every line must say the same."""
    by_lines = _margin_by_lines(purchase)
    whole = _margin_of(purchase)
    if by_lines is not None and whole is not None and by_lines != whole:
        raise _misfit("the margins of the lines do not add up to that of the purchase", "lines")


def _margin_by_lines(purchase: Purchase) -> int | None:
    margins = [_margin_of(line) for line in purchase.lines]
    told = [margin for margin in margins if margin is not None]
    return sum(told) if told and len(told) == len(margins) else None


def _margin_of(part: Purchase | PurchaseLine | Return) -> int | None:
    if part.margin is not None:
        return part.margin.minor
    return None if part.cost is None else part.amount.minor - part.cost.minor


def _misfit(reason: str, field: str) -> InvalidInput:
    return InvalidInput(
        f"{reason}; send one of the two, or both so that they fit", code="margin_does_not_fit", field=field
    )


def _same_currency(money: Money | None, total: Money, field: str) -> None:
    if money is not None and money.currency != total.currency:
        raise InvalidInput(
            f"this is in {money.currency}, the amount is in {total.currency}; one interaction has one currency",
            code="currencies_differ",
            field=field,
        )
