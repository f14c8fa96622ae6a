"""Birthdays: the rules by table, and every answer against a walk through the days of an independent calendar."""

import functools
import itertools
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.notification.calendars import lunar
from services.notification.occasions.birthdays import (
    BirthCalendar,
    BirthDate,
    NoOccurrence,
    Occurrence,
    next_occurrence,
    next_of_later_year,
)
from services.notification.policy import LeapDayRule
from tests.support.chinese_calendar import LunarMonth, months_between_solstices


def solar(month: int, day: int) -> BirthDate:
    return BirthDate(calendar=BirthCalendar.SOLAR, month=month, day=day)


def lunar_birth(month: int, day: int, *, leap_month: bool = False) -> BirthDate:
    return BirthDate(calendar=BirthCalendar.LUNAR, month=month, day=day, leap_month=leap_month)


@pytest.mark.parametrize(
    ("birth", "after", "rule", "day", "year"),
    [
        (solar(3, 2), date(2026, 3, 1), LeapDayRule.FEBRUARY_28, date(2026, 3, 2), 2026),
        (solar(3, 2), date(2026, 3, 2), LeapDayRule.FEBRUARY_28, date(2027, 3, 2), 2027),
        (solar(12, 31), date(2026, 12, 31), LeapDayRule.FEBRUARY_28, date(2027, 12, 31), 2027),
        (solar(2, 29), date(2026, 1, 1), LeapDayRule.FEBRUARY_28, date(2026, 2, 28), 2026),
        (solar(2, 29), date(2026, 1, 1), LeapDayRule.MARCH_1, date(2026, 3, 1), 2026),
        (solar(2, 29), date(2028, 2, 28), LeapDayRule.FEBRUARY_28, date(2028, 2, 29), 2028),
        (solar(2, 29), date(2028, 2, 28), LeapDayRule.MARCH_1, date(2028, 2, 29), 2028),
        (solar(2, 29), date(2100, 1, 1), LeapDayRule.FEBRUARY_28, date(2100, 2, 28), 2100),
        (lunar_birth(8, 15), date(2026, 1, 1), LeapDayRule.FEBRUARY_28, date(2026, 9, 25), 2026),
        # The lunar year 2025 ends in February 2026: this is still its birthday.
        (lunar_birth(12, 8), date(2026, 1, 1), LeapDayRule.FEBRUARY_28, date(2026, 1, 26), 2025),
        (lunar_birth(2, 15, leap_month=True), date(2023, 1, 1), LeapDayRule.FEBRUARY_28, date(2023, 4, 5), 2023),
        (lunar_birth(2, 15, leap_month=True), date(2024, 1, 1), LeapDayRule.FEBRUARY_28, date(2024, 3, 24), 2024),
        (lunar_birth(2, 15), date(2023, 1, 1), LeapDayRule.FEBRUARY_28, date(2023, 3, 6), 2023),
        # Day 30 of a month of 29 days: New Year's Eve of lunar 2024 fell on the 29th of its last month.
        (lunar_birth(12, 30), date(2024, 12, 1), LeapDayRule.FEBRUARY_28, date(2025, 1, 28), 2024),
    ],
)
def test_next_occurrence_by_the_rules(birth: BirthDate, after: date, rule: LeapDayRule, day: date, year: int) -> None:
    assert next_occurrence(birth, after, leap_day=rule) == Occurrence(day, year)


def test_a_lunar_birthday_can_come_twice_or_never_in_a_solar_year() -> None:
    early = lunar_birth(11, 30)
    days: list[date] = []
    found = next_occurrence(early, date(1999, 12, 31))
    while isinstance(found, Occurrence) and found.day < date(2040, 1, 1):
        days.append(found.day)
        found = next_occurrence(early, found.day)
    per_year = [sum(day.year == year for day in days) for year in range(2000, 2040)]
    assert 0 in per_year
    assert 2 in per_year


@pytest.mark.parametrize("birth", [solar(4, 31), solar(2, 30), solar(13, 1), lunar_birth(1, 31), lunar_birth(0, 1)])
def test_a_day_that_no_year_has_is_told_apart(birth: BirthDate) -> None:
    assert next_occurrence(birth, date(2026, 1, 1)) is NoOccurrence.IMPOSSIBLE_DATE


def test_lunar_birthdays_end_with_the_table() -> None:
    last = next_occurrence(lunar_birth(12, 29), date(2100, 6, 1))
    assert last == Occurrence(lunar.LAST_DAY, 2100)
    assert next_occurrence(lunar_birth(12, 29), lunar.LAST_DAY) is NoOccurrence.BEYOND_CALENDAR
    assert next_occurrence(lunar_birth(1, 1), date(2100, 12, 1)) is NoOccurrence.BEYOND_CALENDAR
    assert next_occurrence(lunar_birth(1, 1), date(2300, 1, 1)) is NoOccurrence.BEYOND_CALENDAR


def test_lunar_birthdays_begin_with_the_table() -> None:
    assert next_occurrence(lunar_birth(1, 1), date(1850, 1, 1)) == Occurrence(lunar.FIRST_DAY, 1900)


def test_solar_birthdays_end_with_python_s_dates() -> None:
    assert next_occurrence(solar(12, 31), date(9999, 12, 30)) == Occurrence(date.max, 9999)
    assert next_occurrence(solar(12, 31), date.max) is NoOccurrence.BEYOND_CALENDAR


def test_a_year_that_was_answered_is_passed_over() -> None:
    found = next_of_later_year(solar(5, 1), date(2026, 3, 1), beyond_year=2026, leap_day=LeapDayRule.FEBRUARY_28)
    assert found == Occurrence(date(2027, 5, 1), 2027)
    fresh = next_of_later_year(solar(5, 1), date(2026, 3, 1), beyond_year=None, leap_day=LeapDayRule.FEBRUARY_28)
    assert fresh == Occurrence(date(2026, 5, 1), 2026)


DAYS = st.dates(date(1930, 1, 1), date(2050, 12, 31))


@settings(deadline=None)
@given(st.integers(1, 12), st.integers(1, 31), DAYS, st.sampled_from(LeapDayRule))
def test_solar_occurrence_is_the_first_matching_day_of_a_walk(
    month: int, day: int, after: date, rule: LeapDayRule
) -> None:
    found = next_occurrence(solar(month, day), after, leap_day=rule)
    walked = _walk_solar(month, day, after, rule)
    assert found == (walked if walked is not None else NoOccurrence.IMPOSSIBLE_DATE)


def _walk_solar(month: int, day: int, after: date, rule: LeapDayRule) -> Occurrence | None:
    for step in range(1, 4 * 366 + 3):
        today = after + timedelta(days=step)
        yesterday, tomorrow = today - timedelta(days=1), today + timedelta(days=1)
        is_day = (today.month, today.day) == (month, day)
        if (month, day) == (2, 29) and rule is LeapDayRule.FEBRUARY_28:
            is_day = today.month == 2 and tomorrow.month == 3
        if (month, day) == (2, 29) and rule is LeapDayRule.MARCH_1:
            is_day = is_day or (today.month == 3 and today.day == 1 and yesterday.day == 28)
        if is_day:
            return Occurrence(today, today.year)
    return None


@settings(deadline=None)
@given(st.integers(1, 12), st.integers(1, 30), st.booleans(), DAYS)
def test_lunar_occurrence_is_the_first_matching_day_under_the_real_moon(
    month: int, day: int, leap_month: bool, after: date
) -> None:
    birth = lunar_birth(month, day, leap_month=leap_month)
    assert next_occurrence(birth, after) == _walk_lunar(birth, after)


@functools.cache
def _calendar() -> tuple[dict[date, tuple[LunarMonth, int]], frozenset[tuple[int, int]]]:
    """Every day from 1929 to 2054 with its month and that month's length by the sky, and the leap months there are."""
    months = [month for year in range(1929, 2055) for month in months_between_solstices(year)]
    days = {}
    for month, following in itertools.pairwise(months):
        length = (following.first_day - month.first_day).days
        for offset in range(length):
            days[month.first_day + timedelta(days=offset)] = (month, length)
    return days, frozenset((month.year, month.month) for month in months if month.leap)


def _walk_lunar(birth: BirthDate, after: date) -> Occurrence:
    days, leap_months = _calendar()
    today = after + timedelta(days=1)
    while True:
        month, length = days[today]
        in_leap = birth.leap_month and (month.year, month.month) in leap_months
        is_month = month.month == birth.month and month.leap == in_leap
        if is_month and (today - month.first_day).days + 1 == min(birth.day, length):
            return Occurrence(today, month.year)
        today += timedelta(days=1)


@settings(deadline=None)
@given(st.integers(1, 12), st.integers(1, 30), st.booleans(), st.dates(date(1901, 1, 1), date(2099, 1, 1)))
def test_lunar_birthday_comes_once_per_lunar_year(month: int, day: int, leap_month: bool, after: date) -> None:
    birth = lunar_birth(month, day, leap_month=leap_month)
    first = next_occurrence(birth, after)
    assert isinstance(first, Occurrence)
    second = next_occurrence(birth, first.day)
    assert isinstance(second, Occurrence)
    assert second.year == first.year + 1
    assert 325 <= (second.day - first.day).days <= 414
