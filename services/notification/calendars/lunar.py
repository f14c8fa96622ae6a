"""The Chinese lunar calendar, as far as its table reaches: the only module that knows the library behind it."""

from datetime import date

from borax.calendars.lunardate import (
    MAX_LUNAR_YEAR,
    MAX_SOLAR_DATE,
    MIN_LUNAR_YEAR,
    MIN_SOLAR_DATE,
    LCalendars,
    LunarDate,
    TermUtils,
)

FIRST_YEAR: int = MIN_LUNAR_YEAR
LAST_YEAR: int = MAX_LUNAR_YEAR
FIRST_DAY: date = MIN_SOLAR_DATE
"""1900-01-31, the first day of lunar 1900."""
LAST_DAY: date = MAX_SOLAR_DATE
"""2101-01-28, the last day of lunar 2100."""


def lunar_year_of(day: date) -> int | None:
    """The lunar year that `day` lies in; None outside the table."""
    if not FIRST_DAY <= day <= LAST_DAY:
        return None
    return int(LunarDate.from_solar(day).year)


def days_named_by(day: date) -> tuple[tuple[int, int], ...]:
    """The lunar months and days, in a leap month or not, whose anniversary `day` may be; none outside the table.

    The last day of a month of 29 days stands for day 30, too.
    """
    if not FIRST_DAY <= day <= LAST_DAY:
        return ()
    lunar = LunarDate.from_solar(day)
    named = ((lunar.month, lunar.day),)
    ends_early = lunar.day == 29 and LCalendars.ndays(lunar.year, lunar.month, lunar.leap) == 29
    return (*named, (lunar.month, 30)) if ends_early else named


def anniversary_in(year: int, *, month: int, day: int, leap_month: bool) -> date:
    """The solar date on which a lunar month and day fall in lunar `year`.

    A leap month is kept where the year has that leap month, else the ordinary month of that number stands for it; day
    30 of a month of 29 days is its last day. `year` must lie in the table, `day` between 1 and 30.
    """
    leap = leap_month and LCalendars.leap_month(year) == month
    last = LCalendars.ndays(year, month, int(leap))
    solar: date = LunarDate(year, month, min(day, last), int(leap)).to_solar_date()
    return solar


def solar_term_in(year: int, number: int) -> date:
    """The day of a solar term, counted from 小寒, which is 0; `year` is a solar one from 1900 to 2100."""
    day: date = TermUtils.nth_term_day(year, term_index=number)
    return day
