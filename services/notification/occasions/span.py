"""Which reminders of an occasion fall within a span of days, whenever that is: by dates alone. Pure."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import NamedTuple

from services.notification.calendars import lunar
from services.notification.occasions.basis import Basis
from services.notification.occasions.birthdays import BirthCalendar, Occurrence, occurrence_in
from services.notification.occasions.reminders import Reminder
from services.notification.policy import LeapDayRule

LONGEST_LEAD = timedelta(days=365)
_ONE_DAY = timedelta(days=1)


class DayOfYear(NamedTuple):
    """As a basis names it."""

    calendar: str
    month: int
    day: int


def reminders_between(basis: Basis, first: date, last: date, *, leap_day: LeapDayRule) -> list[Reminder]:
    """Those to be said from `first` to `last`, the earliest first, as if the date had always been known."""
    found = [
        Reminder(one.day, one.year, lead, one.day - timedelta(days=lead))
        for one in _occurrences(basis, first, last + LONGEST_LEAD, leap_day)
        for lead in basis.lead_days
    ]
    return sorted((one for one in found if first <= one.due_day <= last), key=lambda one: one.due_day)


def days_between(first: date, last: date) -> set[DayOfYear]:
    """Every day of a year, of both calendars, that may fall from `first` to `last`."""
    found: set[DayOfYear] = set()
    for after in range((last - first).days + 1):
        day = first + timedelta(days=after)
        found.add(DayOfYear(BirthCalendar.SOLAR, day.month, day.day))
        if 2 in (day.month, (day - _ONE_DAY).month):
            found.add(DayOfYear(BirthCalendar.SOLAR, 2, 29))  # kept on a day beside it in common years
        found.update(DayOfYear(BirthCalendar.LUNAR, *named) for named in lunar.days_named_by(day))
    return found


def _occurrences(basis: Basis, first: date, last: date, leap_day: LeapDayRule) -> Iterator[Occurrence]:
    if not basis.recurring:
        years = range(basis.year, basis.year + 1) if basis.year is not None else range(0)
    else:
        # A lunar year ends in the solar one after it; what is counted from a year comes from the next one on.
        begun = basis.year if basis.year is not None else 0
        years = range(max(first.year - 1, begun + 1), last.year + 1)
    for year in years:
        found = occurrence_in(basis.day_of_year, year, leap_day=leap_day)
        if isinstance(found, Occurrence) and first <= found.day <= last:
            yield found
