"""Whether a day exists: in the solar calendar or the Chinese lunar one, with its year or without."""

from calendar import monthrange
from datetime import date
from typing import Literal

from borax.calendars.lunardate import LCalendars, LunarDate

from shared.contracts.customer import CalendarDay

_A_LEAP_YEAR = 2000
_LONGEST_LUNAR_MONTH = 30


class NoSuchDay(ValueError):
    """The day does not exist; `part` is the field to mend."""

    def __init__(self, reason: str, part: Literal["day", "leap_month"] = "day") -> None:
        super().__init__(reason)
        self.part = part


def check_day(day: CalendarDay) -> None:
    """Raises NoSuchDay when there is no such day.

    Without a year every day is right that exists in some year: 29 February, or the 30th of a lunar month that has only
    29 days in most years. With a year the day must exist in that very year.
    """
    if day.calendar == "lunar":
        _check_lunar(day)
    else:
        _check_solar(day)


def solar_date(day: CalendarDay) -> date:
    """The solar date of a day that exists and has its year."""
    if day.year is None:
        raise ValueError("a day without its year is no date")
    if day.calendar == "solar":
        return date(day.year, day.month, day.day)
    lunar = LunarDate(day.year, day.month, day.day, day.leap_month)
    solar: date = lunar.to_solar_date()
    return solar


def _check_solar(day: CalendarDay) -> None:
    if day.leap_month:
        raise NoSuchDay(
            "only a lunar day can lie in a leap month; set `calendar` to `lunar`, or leave it out",
            "leap_month",
        )
    days = monthrange(day.year or _A_LEAP_YEAR, day.month)[1]
    if day.day > days:
        when = f"month {day.month}" + (f" of {day.year}" if day.year else "")
        raise NoSuchDay(f"{when} has {days} days")


def _check_lunar(day: CalendarDay) -> None:
    if day.leap_month:
        _check_leap_month(day)
    name = f"{'leap ' if day.leap_month else ''}lunar month {day.month}"
    if day.year is None:
        if day.day > _LONGEST_LUNAR_MONTH:
            raise NoSuchDay(f"a lunar month has at most {_LONGEST_LUNAR_MONTH} days")
        return
    days = LCalendars.ndays(day.year, day.month, day.leap_month)
    if day.day > days:
        raise NoSuchDay(f"{name} of {day.year} has {days} days; check whether the date is solar, or leave the year out")


def _check_leap_month(day: CalendarDay) -> None:
    if day.year is None:
        if not LCalendars.get_leap_years(day.month):
            raise NoSuchDay(f"no year between 1900 and 2100 has a leap lunar month {day.month}", "leap_month")
        return
    leap = LCalendars.leap_month(day.year)
    if leap != day.month:
        has = f"its leap month is {leap}" if leap else "it has none"
        raise NoSuchDay(f"lunar year {day.year} has no leap month {day.month}: {has}", "leap_month")
