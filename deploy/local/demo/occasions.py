"""Which birthdays must be greeted, worked out apart from the platform: by looking at every day there is."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from borax.calendars.lunardate import LunarDate

from deploy.local.demo.population import Person

_GREETED_AT = time(9)


@dataclass(frozen=True, slots=True)
class Greeting:
    number: int
    day: date


def expected_greetings(people: Iterable[Person], opens: datetime, closes: datetime) -> set[Greeting]:
    """Every birthday whose 09:00 at home lies between the two instants, for those who had registered by then."""
    return {
        Greeting(one.number, day)
        for one in people
        if one.birthday is not None
        for day in _birthdays(one.birthday, opens.date() - timedelta(days=1), closes.date() + timedelta(days=1))
        if opens <= datetime.combine(day, _GREETED_AT, tzinfo=ZoneInfo(one.time_zone)) <= closes
    }


def _birthdays(birthday: dict[str, Any], first: date, last: date) -> Iterator[date]:
    day = first
    while day <= last:
        if (_is_lunar_birthday if birthday["calendar"] == "lunar" else _is_solar_birthday)(birthday, day):
            yield day
        day += timedelta(days=1)


def _is_solar_birthday(birthday: dict[str, Any], day: date) -> bool:
    """29 February is kept on the 28th in a common year."""
    tomorrow = day + timedelta(days=1)
    if (birthday["month"], birthday["day"]) == (2, 29):
        return (day.month, day.day) == (2, 29) or ((day.month, day.day) == (2, 28) and tomorrow.month == 3)
    return (day.month, day.day) == (birthday["month"], birthday["day"])


def _is_lunar_birthday(birthday: dict[str, Any], day: date) -> bool:
    """In its leap month where the year has that one; the 30th on the 29th where the month ends there."""
    lunar = _lunar(day)
    leap_month = bool(birthday.get("leap_month")) and _has_leap_month(lunar.year, birthday["month"])
    if lunar.month != birthday["month"] or bool(lunar.leap) != leap_month:
        return False
    tomorrow = _lunar(day + timedelta(days=1))
    return bool(lunar.day == birthday["day"] or (lunar.day < birthday["day"] and tomorrow.day == 1))


@cache
def _lunar(day: date) -> LunarDate:
    """Kept, since everybody lives through the same days, and the library counts each from 1900 on."""
    return LunarDate.from_solar(day)


@cache
def _has_leap_month(year: int, month: int) -> bool:
    first = LunarDate(year, 1, 1).to_solar_date()
    days = (_lunar(first + timedelta(days=after)) for after in range(385))
    return any(day.year == year and day.month == month and day.leap for day in days)
