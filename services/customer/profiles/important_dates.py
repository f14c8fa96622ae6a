"""Days to think of: whether they exist, and in one order."""

from collections.abc import Sequence

from services.customer.profiles.calendar_day import NoSuchDay, check_day
from shared.contracts.customer import ImportantDate
from shared.errors import Conflict, InvalidInput

MAX_DATES = 50


def check_date(date: ImportantDate, *, field: str = "on") -> ImportantDate:
    """The date with its lead days in order. Raises InvalidInput naming the part that cannot be."""
    try:
        check_day(date.on)
    except NoSuchDay as error:
        raise InvalidInput(
            f"there is no such day: {error}", code="important_date_invalid", field=f"{field}.{error.part}"
        ) from None
    if not date.recurring and date.on.year is None:
        raise InvalidInput(
            "a day that comes once needs its year; give it, or set `recurring` to true",
            code="important_date_invalid",
            field=f"{field}.year",
        )
    return date.model_copy(update={"lead_days": tuple(sorted(set(date.lead_days), reverse=True))})


def with_date(dates: Sequence[ImportantDate], date: ImportantDate) -> tuple[ImportantDate, ...]:
    """The dates with this one, in the place of the one with its id or at the end. Raises Conflict for too many."""
    if any(held.date_id == date.date_id for held in dates):
        return tuple(date if held.date_id == date.date_id else held for held in dates)
    if len(dates) >= MAX_DATES:
        raise Conflict(f"there are at most {MAX_DATES} dates; remove one first", code="important_dates_too_many")
    return (*dates, date)
