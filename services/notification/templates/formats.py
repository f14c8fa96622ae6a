"""How days and amounts are written, per language."""

from datetime import date
from decimal import Decimal

from shared.currencies import MINOR_UNIT_DIGITS

_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


def format_day(day: date, language: str) -> str:
    if language.startswith("zh"):
        return f"{day.year}年{day.month}月{day.day}日"
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def format_amount(minor: int, currency: str) -> str:
    """The amount with its currency's code, which no reader can mistake: `1,234.50 CNY`."""
    digits = MINOR_UNIT_DIGITS.get(currency, 2)
    return f"{Decimal(minor).scaleb(-digits):,.{digits}f} {currency}"
