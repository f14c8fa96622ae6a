"""Which greetings there must be, worked out apart from the service: day by day, by another library's calendar, and of
public holidays by their definitions.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache

from lunardate import LunarDate

from deploy.local.care.population import Birth, Person

HOLIDAYS = ("mid_autumn", "thanksgiving", "easter_monday")
"""As the service names them."""
_GREETED_AT = time(9)
_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Expected:
    number: int
    day: date


def expected_greetings(people: Iterable[Person], opens: datetime, closes: datetime) -> set[Expected]:
    """Each birthday and holiday whose greeting is due within the span, for those who had joined and agreed by then.

    It is due at 09:00 at home, or at the moment of joining where that comes later on the same day. A birthday that is a
    holiday is greeted once.
    """
    found = set()
    for one in people:
        first, last = opens.date() - _ONE_DAY, closes.date() + _ONE_DAY
        for day in {*birthdays(one.birth, first, last), *holidays(one.region, first, last)}:
            said_at = max(datetime.combine(day, _GREETED_AT, tzinfo=one.zone).astimezone(UTC), one.joins_at)
            is_its_day = said_at.astimezone(one.zone).date() == day
            if is_its_day and opens <= said_at <= closes and one.agrees_at(said_at):
                found.add(Expected(one.number, day))
    return found


@cache
def holidays(region: str, first: date, last: date) -> tuple[date, ...]:
    """The days from `first` to `last` that are any of `HOLIDAYS` where somebody lives."""
    days = (first + timedelta(days=after) for after in range((last - first).days + 1))
    return tuple(day for day in days if _is_holiday(region, day))


def _is_holiday(region: str, day: date) -> bool:
    """Mid-autumn everywhere, the fourth Thursday of November where it is Thanksgiving, the Monday after Easter where
    that is a public holiday.
    """
    if _lunar(day)[1:] == (8, 15, False):
        return True
    if region == "US":
        return day.month == 11 and day.isoweekday() == 4 and 22 <= day.day <= 28
    return region in ("GB-ENG", "NZ") and day - _ONE_DAY == _easter(day.year)


@cache
def _easter(year: int) -> date:
    """The Sunday after the first full moon of spring, as the Gregorian calendar reckons it: from the year's place among
    19, corrected for the leap days that centuries leave out and for the drift of the moon.
    """
    century, golden = year // 100 + 1, year % 19
    leap_days_left_out, moon_drift = 3 * century // 4 - 12, (8 * century + 5) // 25 - 5
    age = (11 * (golden + 1) + 20 + moon_drift - leap_days_left_out) % 30
    if age == 24 or (age == 25 and golden > 10):
        age += 1
    full_moon = 44 - age + (30 if age > 23 else 0)
    day = date(year, 3, 1) + timedelta(days=full_moon - 1)
    return day + timedelta(days=7 - day.isoweekday() % 7)


@cache
def birthdays(birth: Birth, first: date, last: date) -> tuple[date, ...]:
    """The days from `first` to `last` on which it is."""
    days = (first + timedelta(days=after) for after in range((last - first).days + 1))
    return tuple(day for day in days if (_is_lunar_birthday if birth.lunar else _is_solar_birthday)(birth, day))


def _is_solar_birthday(birth: Birth, day: date) -> bool:
    """29 February is kept on the 28th in a common year."""
    if (birth.month, birth.day) == (2, 29) and (day + _ONE_DAY).month == 3:
        return day.month == 2
    return (day.month, day.day) == (birth.month, birth.day)


def _is_lunar_birthday(birth: Birth, day: date) -> bool:
    """In its leap month where the year has that one; the 30th on the 29th where the month ends there."""
    year, month, number, is_leap = _lunar(day)
    has_leap_month = LunarDate.leap_month_for_year(year) == month
    if month != birth.month or is_leap != (birth.leap_month and has_leap_month):
        return False
    ends_early = birth.day == 30 and number == 29 and _lunar(day + _ONE_DAY)[2] == 1
    return number == birth.day or ends_early


@cache
def _lunar(day: date) -> tuple[int, int, int, bool]:
    found = LunarDate.from_solar_date(day.year, day.month, day.day)
    return found.year, found.month, found.day, bool(found.is_leap_month)
