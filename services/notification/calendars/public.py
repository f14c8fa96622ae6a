"""Public holidays by region: the only module that knows the library behind them."""

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from functools import cache, lru_cache
from types import MappingProxyType
from typing import NamedTuple

import holidays

from services.notification.calendars.codes import HOLIDAYS

_MARK = re.compile(r" *\((?:observed|estimated|substitut|in lieu)[^)]*\)$")
_MOVED = re.compile(r"\((?:observed|substitut|in lieu)")
_ONE_HOLIDAY = timedelta(days=7)
"""Days nearer than this belong to the same holiday: those off after it, or the one put in its place."""
_SURELY_ANOTHER = timedelta(days=330)
"""Two days of one name that are nearer are kept by two churches, or for two reasons: the first to be named counts."""
_OF_THEIR_OWN = MappingProxyType({"CN-HK": "HK", "CN-MO": "MO", "CN-TW": "TW"})
"""Subdivisions with public holidays of their own, which the library has under codes of their own."""
_ITSELF = MappingProxyType({("VN", "national_day"): (9, 2), ("AE", "national_day"): (12, 2)})
"""Month and day of holidays before which another day is off under the same name."""
_MORE = MappingProxyType({"HK": ("public", "optional")})
"""Categories of the library, where its first one lacks what everybody keeps."""


class _Day(NamedTuple):
    """A day that the library names; of one holiday the least is the day itself."""

    is_moved: bool
    rank: int
    day: date


@cache
def _codes_by_name() -> Mapping[str, tuple[tuple[str, int], ...]]:
    found: dict[str, list[tuple[str, int]]] = {}
    for holiday in HOLIDAYS.values():
        for rank, name in enumerate(holiday.names):
            found.setdefault(name.casefold(), []).append((holiday.code, rank))
    return {name: tuple(codes) for name, codes in found.items()}


@cache
def _countries() -> Mapping[str, frozenset[str]]:
    return {
        country: frozenset(parts) for country, parts in holidays.list_supported_countries(include_aliases=False).items()
    }


def has_calendar(region: str) -> bool:
    """Whether the public holidays of an ISO 3166 country, alone or with a subdivision, are known."""
    return _place(region)[0] in _countries()


@lru_cache(maxsize=4096)
def public_holidays(region: str, year: int) -> Mapping[str, tuple[date, ...]]:
    """The days of each code in a solar year, mostly one; without those that are not kept there.

    Of several days off it is the first; of a day and the one off in its place, where it falls on a weekend, the day
    itself, also where only the one in its place is told but both years beside it have the day. Where the library knows
    no subdivision, the country's holidays are told; of an unknown country none.
    """
    country, part = _place(region)
    if country not in _countries():
        return {}
    found: dict[str, list[_Day]] = {}
    for day, name in _named_days(country, part, year):
        for code, rank in _codes_by_name().get(_MARK.sub("", name).casefold(), ()):
            found.setdefault(code, []).append(_Day(_MOVED.search(name) is not None, rank, day))
    starts = {code: tuple(_starts(days, year, _itself(country, code))) for code, days in found.items()}
    return {code: days for code, days in starts.items() if days}


def _place(region: str) -> tuple[str, str | None]:
    country, _, part = _OF_THEIR_OWN.get(region, region).partition("-")
    return country, part if part in _countries().get(country, ()) else None


def _named_days(country: str, part: str | None, year: int) -> Iterator[tuple[date, str]]:
    """With the years beside it, since a day off may lie in another year than the holiday."""
    languages = getattr(holidays.country_holidays(country), "supported_languages", ())
    calendar = holidays.country_holidays(
        country,
        subdiv=part,
        years=[year - 1, year, year + 1],
        expand=False,
        categories=_MORE.get(country),
        language="en_US" if "en_US" in languages else None,
    )
    for day in sorted(calendar):
        yield from ((day, name) for name in calendar.get_list(day))


def _itself(country: str, code: str) -> tuple[int, int] | None:
    return _ITSELF.get((country, code), HOLIDAYS[code].fixed)


def _starts(days: Iterable[_Day], year: int, itself: tuple[int, int] | None) -> list[date]:
    """The first day of each time that it comes in `year`, or the day `itself`: twice only by a calendar that is shorter
    than the sun's."""
    times = list(_times(days))
    if itself is not None:
        on = {each: date(each, *itself) for each in (year - 1, year, year + 1)}
        told = {one.day for time in times for one in time}
        if on[year] in told or (on[year - 1] in told and on[year + 1] in told):
            return [on[year]]
    of_year = [one for one in map(min, times) if one.day.year == year]
    kept: list[date] = []
    for one in sorted(of_year):
        if all(abs(one.day - other) > _SURELY_ANOTHER for other in kept):
            kept.append(one.day)
    return sorted(kept)


def _times(days: Iterable[_Day]) -> Iterator[list[_Day]]:
    time: list[_Day] = []
    for one in sorted(days, key=lambda one: one.day):
        if time and one.day - time[-1].day > _ONE_HOLIDAY:
            yield time
            time = []
        time.append(one)
    if time:
        yield time
