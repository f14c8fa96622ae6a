"""When a birthday, or another day of the year, comes round next: solar or lunar, by dates alone."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from services.notification.calendars import lunar
from services.notification.policy import LeapDayRule

_LONGEST_MONTHS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_LUNAR_MONTH_DAYS = 30


class BirthCalendar(StrEnum):
    SOLAR = "solar"
    LUNAR = "lunar"


@dataclass(frozen=True, slots=True, kw_only=True)
class BirthDate:
    """Month and day in their own calendar; the year of birth does not matter here."""

    calendar: BirthCalendar
    month: int
    day: int
    leap_month: bool = False


@dataclass(frozen=True, slots=True)
class Occurrence:
    """A birthday as it falls: on `day`, as the one of `year` (the lunar year for a lunar birthday)."""

    day: date
    year: int


class NoOccurrence(StrEnum):
    IMPOSSIBLE_DATE = "impossible_date"
    """No year has this day, for example 31 April or the 31st of a lunar month."""
    BEYOND_CALENDAR = "beyond_calendar"
    """The calendar's table ends (lunar year 2100), or Python's does (9999), before it comes round again."""
    OVER = "over"
    """It was to come once, and has."""


def next_occurrence(
    birth: BirthDate, after: date, *, leap_day: LeapDayRule = LeapDayRule.FEBRUARY_28
) -> Occurrence | NoOccurrence:
    """The first occurrence strictly after `after`."""
    if not _exists(birth):
        return NoOccurrence.IMPOSSIBLE_DATE
    if birth.calendar is BirthCalendar.LUNAR:
        return _next_lunar(birth, after)
    return _next_solar(birth, after, leap_day)


def occurrence_in(
    birth: BirthDate, year: int, *, leap_day: LeapDayRule = LeapDayRule.FEBRUARY_28
) -> Occurrence | NoOccurrence:
    """The day in one year of its own calendar."""
    if not _exists(birth):
        return NoOccurrence.IMPOSSIBLE_DATE
    if birth.calendar is BirthCalendar.SOLAR:
        return Occurrence(_solar_day(birth, year, leap_day), year)
    if not lunar.FIRST_YEAR <= year <= lunar.LAST_YEAR:
        return NoOccurrence.BEYOND_CALENDAR
    day = lunar.anniversary_in(year, month=birth.month, day=birth.day, leap_month=birth.leap_month)
    return Occurrence(day, year)


def next_of_later_year(
    birth: BirthDate, after: date, *, beyond_year: int | None, leap_day: LeapDayRule
) -> Occurrence | NoOccurrence:
    """The first occurrence after `after` whose year is later than `beyond_year`: one per year, even when it moves."""
    if beyond_year is not None and beyond_year > after.year + 1:
        after = date(min(beyond_year, date.max.year - 1), 1, 1)
    found = next_occurrence(birth, after, leap_day=leap_day)
    while isinstance(found, Occurrence) and beyond_year is not None and found.year <= beyond_year:
        found = next_occurrence(birth, found.day, leap_day=leap_day)
    return found


def _exists(birth: BirthDate) -> bool:
    if not 1 <= birth.month <= 12:
        return False
    longest = _LONGEST_MONTHS[birth.month - 1] if birth.calendar is BirthCalendar.SOLAR else _LUNAR_MONTH_DAYS
    return 1 <= birth.day <= longest


def _next_solar(birth: BirthDate, after: date, leap_day: LeapDayRule) -> Occurrence | NoOccurrence:
    for year in (after.year, after.year + 1):
        if year > date.max.year:
            break
        day = _solar_day(birth, year, leap_day)
        if day > after:
            return Occurrence(day, year)
    return NoOccurrence.BEYOND_CALENDAR


def _solar_day(birth: BirthDate, year: int, leap_day: LeapDayRule) -> date:
    if (birth.month, birth.day) != (2, 29):
        return date(year, birth.month, birth.day)
    last_of_february = date(year, 3, 1) - timedelta(days=1)
    if last_of_february.day == 29 or leap_day is LeapDayRule.FEBRUARY_28:
        return last_of_february
    return date(year, 3, 1)


def _next_lunar(birth: BirthDate, after: date) -> Occurrence | NoOccurrence:
    # Anniversaries of successive lunar years rise, so the year of `after` and the one following always hold the answer.
    if after >= lunar.LAST_DAY:
        return NoOccurrence.BEYOND_CALENDAR
    first = lunar.lunar_year_of(after) or lunar.FIRST_YEAR
    for year in range(first, min(first + 1, lunar.LAST_YEAR) + 1):
        day = lunar.anniversary_in(year, month=birth.month, day=birth.day, leap_month=birth.leap_month)
        if day > after:
            return Occurrence(day, year)
    return NoOccurrence.BEYOND_CALENDAR
