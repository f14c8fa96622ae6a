"""The lunar table against the sky, and against dates that every Chinese household knows."""

from datetime import date, timedelta

import pytest

from services.notification.calendars import lunar
from tests.support.chinese_calendar import months_between_solstices

SPRING_FESTIVALS = {
    1990: date(1990, 1, 27),
    1997: date(1997, 2, 7),
    1998: date(1998, 1, 28),
    2000: date(2000, 2, 5),
    2020: date(2020, 1, 25),
    2021: date(2021, 2, 12),
    2022: date(2022, 2, 1),
    2023: date(2023, 1, 22),
    2024: date(2024, 2, 10),
    2025: date(2025, 1, 29),
    2026: date(2026, 2, 17),
    2033: date(2033, 1, 31),
    2034: date(2034, 2, 19),
}
LEAP_MONTHS = {
    1998: 5,
    2001: 4,
    2004: 2,
    2006: 7,
    2009: 5,
    2012: 4,
    2014: 9,
    2017: 6,
    2020: 4,
    2023: 2,
    2025: 6,
    2033: 11,
}

# Before 1929 the calendar was computed for Beijing's own meridian (UTC+7:46), and these new moons fell into the minutes
# between; the later ones fall within minutes of midnight, closer than the slowing of the earth can be foretold.
KNOWN_DIFFERENCES = {
    date(1914, 11, 18),
    date(1916, 2, 4),
    date(1920, 11, 11),
    date(2057, 9, 28),
    date(2089, 9, 4),
    date(2097, 8, 7),
}


@pytest.mark.parametrize(("year", "day"), SPRING_FESTIVALS.items())
def test_first_day_of_a_year_is_its_spring_festival(year: int, day: date) -> None:
    assert lunar.anniversary_in(year, month=1, day=1, leap_month=False) == day


@pytest.mark.parametrize(("year", "month"), LEAP_MONTHS.items())
def test_leap_month_follows_the_ordinary_one_of_its_number(year: int, month: int) -> None:
    ordinary = lunar.anniversary_in(year, month=month, day=1, leap_month=False)
    leap = lunar.anniversary_in(year, month=month, day=1, leap_month=True)
    assert 29 <= (leap - ordinary).days <= 30


def test_every_month_of_two_centuries_begins_with_the_new_moon_except_where_known() -> None:
    differences = set()
    for solar_year in range(1901, 2101):
        for first_day, year, month, leap in months_between_solstices(solar_year):
            if lunar.anniversary_in(year, month=month, day=1, leap_month=leap) != first_day:
                differences.add(first_day)
    assert differences == KNOWN_DIFFERENCES


def test_year_changes_with_the_spring_festival_and_not_with_january() -> None:
    assert lunar.lunar_year_of(date(2024, 2, 9)) == 2023
    assert lunar.lunar_year_of(date(2024, 2, 10)) == 2024


def test_table_knows_its_own_ends() -> None:
    assert lunar.lunar_year_of(lunar.FIRST_DAY) == lunar.FIRST_YEAR
    assert lunar.lunar_year_of(lunar.LAST_DAY) == lunar.LAST_YEAR
    assert lunar.lunar_year_of(lunar.FIRST_DAY - timedelta(days=1)) is None
    assert lunar.lunar_year_of(lunar.LAST_DAY + timedelta(days=1)) is None
