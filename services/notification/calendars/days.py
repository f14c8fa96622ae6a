"""Which holidays a day is, for somebody who lives in a region. Pure."""

from collections.abc import Iterator, Mapping
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from services.notification.calendars import lunar
from services.notification.calendars.codes import HOLIDAYS, LunarDay, SolarTerm
from services.notification.calendars.public import public_holidays


class Falling(NamedTuple):
    """A holiday as it falls on `day`, as the one of `year`: the lunar year of a festival by the moon.

    By a calendar that is shorter than the sun's a holiday may come twice in a year; the second one is `nth` 2.
    """

    code: str
    day: date
    year: int
    nth: int = 1

    @property
    def name(self) -> str:
        """What tells it from the same holiday of another year, wherever that is kept."""
        return f"{self.code}:{self.year}" if self.nth == 1 else f"{self.code}:{self.year}.{self.nth}"


def holidays_on(day: date, region: str | None) -> tuple[Falling, ...]:
    """The Chinese festivals, which are the same everywhere, and the public holidays of `region`; None has none."""
    festivals = _festivals_of(day.year).get(day, ())
    return festivals if region is None else festivals + _public_of(region, day.year).get(day, ())


@lru_cache(maxsize=4096)
def _public_of(region: str, year: int) -> Mapping[date, tuple[Falling, ...]]:
    return _by_day(
        Falling(code, day, year, nth)
        for code, days in public_holidays(region, year).items()
        for nth, day in enumerate(days, start=1)
    )


@lru_cache(maxsize=256)
def _festivals_of(year: int) -> Mapping[date, tuple[Falling, ...]]:
    return _by_day(falling for falling in _festivals_around(year) if falling.day.year == year)


def _festivals_around(year: int) -> Iterator[Falling]:
    """Those of the lunar years that `year` has days of, and of its solar terms."""
    for holiday in HOLIDAYS.values():
        match holiday.falls:
            case LunarDay(month, day):
                for lunar_year in (year - 1, year):
                    if lunar.FIRST_YEAR <= lunar_year <= lunar.LAST_YEAR:
                        falls = lunar.anniversary_in(lunar_year, month=month, day=day, leap_month=False)
                        yield Falling(holiday.code, falls, lunar_year)
            case SolarTerm(number):
                if lunar.FIRST_YEAR <= year <= lunar.LAST_YEAR:
                    yield Falling(holiday.code, lunar.solar_term_in(year, number), year)


def _by_day(fallings: Iterator[Falling]) -> Mapping[date, tuple[Falling, ...]]:
    found: dict[date, tuple[Falling, ...]] = {}
    for one in fallings:
        found[one.day] = (*found.get(one.day, ()), one)
    return found
