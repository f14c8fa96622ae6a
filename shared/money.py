"""Amounts: decimal text outside, exact counts of the currency's minor unit inside, never a float in between."""

from dataclasses import dataclass

from shared.currencies import MINOR_UNIT_DIGITS
from shared.errors import InvalidInput

MAX_MINOR = 10**15
"""Ten million millions of a currency with two digits; the contract of published events says the same."""


@dataclass(frozen=True, slots=True)
class Money:
    minor: int
    currency: str


def parse_money(amount: str, currency: str, *, field: str) -> Money:
    """`amount` is digits with at most one point. Raises InvalidInput naming `field` when the currency forbids it."""
    digits = MINOR_UNIT_DIGITS.get(currency)
    if digits is None:
        raise InvalidInput(
            f"{currency} is not a currency of ISO 4217; use its three-letter code, for example CNY",
            code="currency_unknown",
            field=f"{field}.currency",
        )
    if not amount.isascii():  # the contract's \d lets the digits of every script pass
        raise InvalidInput(
            "amounts are written in the digits 0 to 9", code="amount_not_decimal", field=f"{field}.amount"
        )
    whole, _, fraction = amount.partition(".")
    if len(fraction) > digits:
        allowed = f"has {digits} decimal digits" if digits else "has no decimal digits"
        raise InvalidInput(
            f"{amount} has {len(fraction)} decimal digits, {currency} {allowed}; round it at its source",
            code="amount_too_precise",
            field=f"{field}.amount",
        )
    minor = int(whole + fraction.ljust(digits, "0"))
    if minor > MAX_MINOR:
        raise InvalidInput(
            f"{amount} {currency} is beyond the largest amount that can be recorded, "
            f"{decimal_text(Money(MAX_MINOR, currency))}",
            code="amount_too_large",
            field=f"{field}.amount",
        )
    return Money(minor, currency)


def decimal_text(money: Money) -> str:
    """The amount as people write it, with all the digits its currency has: `29.30`."""
    digits = MINOR_UNIT_DIGITS[money.currency]
    if digits == 0:
        return str(money.minor)
    sign = "-" if money.minor < 0 else ""
    whole, fraction = divmod(abs(money.minor), 10**digits)
    return f"{sign}{whole}.{fraction:0{digits}d}"
