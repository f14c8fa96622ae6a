"""What a template sees: bounded, single-line texts, formatted for its language."""

from collections.abc import Mapping
from datetime import date, datetime
from zoneinfo import ZoneInfo

from services.notification.calendars.codes import HOLIDAYS
from services.notification.templates.formats import format_amount, format_day
from services.notification.values import Member
from shared.contracts.scoring import LoyaltyLevel
from shared.errors import InvalidInput

_LONGEST_TEXT = 300
_LOYAL = (LoyaltyLevel.BEHAVIOURALLY_LOYAL, LoyaltyLevel.ATTITUDINALLY_LOYAL, LoyaltyLevel.SUSTAINABLY_LOYAL)


def build_context(
    *, member: Member, facts: Mapping[str, str], happened_at: datetime, language: str, zone: ZoneInfo
) -> dict[str, object]:
    context: dict[str, object] = {name: _bounded(value) for name, value in facts.items()}
    context["day"] = format_day(happened_at.astimezone(zone).date(), language)
    if "on" in facts:
        context["on"] = _day(facts["on"], language)
    if "holiday" in facts:
        context["holiday"] = _holiday(facts["holiday"], language)
    if "amount_minor" in facts and "currency" in facts:
        context["amount"] = _amount(facts["amount_minor"], facts["currency"])
    context["customer"] = {"name": _bounded(_salutation(member, language)), "is_loyal": member.loyalty_level in _LOYAL}
    return context


def _amount(minor: str, currency: str) -> str:
    try:
        return format_amount(int(minor), currency)
    except ValueError:
        raise InvalidInput(
            f"{minor!r} is no count of minor units; 29.33 CNY are written 2933",
            code="fact_invalid",
            field="facts.amount_minor",
        ) from None


def _day(text: str, language: str) -> str:
    try:
        return format_day(date.fromisoformat(text), language)
    except ValueError:
        raise InvalidInput(f"{text!r} is no day; write 2026-03-08", code="fact_invalid", field="facts.on") from None


def _holiday(code: str, language: str) -> str:
    if code not in HOLIDAYS:
        raise InvalidInput(
            f"{code!r} is no holiday; GET /v1/rules/schema lists them", code="fact_invalid", field="facts.holiday"
        )
    return HOLIDAYS[code].name_in(language)


def _salutation(member: Member, language: str) -> str:
    if language.startswith("zh"):
        return member.display_name
    return member.given_name or member.display_name


def _bounded(text: str) -> str:
    """One line of printable characters: names and case numbers come from outside and must not shape the message."""
    line = " ".join("".join(character if character.isprintable() else " " for character in text).split())
    return line if len(line) <= _LONGEST_TEXT else line[: _LONGEST_TEXT - 1] + "…"
