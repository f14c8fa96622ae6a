"""Which holidays a day is: festivals against the sky, public holidays as those who live there know them."""

from datetime import date, timedelta

import pytest

from services.notification.calendars.codes import HOLIDAYS
from services.notification.calendars.days import Falling, holidays_on
from services.notification.calendars.public import has_calendar, public_holidays
from tests.support.chinese_calendar import months_between_solstices, sun_reaches

_BY_THE_MOON = {
    "chinese_new_year": (1, 1),
    "lantern_festival": (1, 15),
    "dragon_boat": (5, 5),
    "qixi": (7, 7),
    "mid_autumn": (8, 15),
    "double_ninth": (9, 9),
    "laba": (12, 8),
}


def festivals(first: date, last: date) -> dict[str, list[date]]:
    found: dict[str, list[date]] = {}
    for after in range((last - first).days + 1):
        day = first + timedelta(days=after)
        for one in holidays_on(day, None):
            assert one.day == day
            found.setdefault(one.code, []).append(day)
    return found


def test_festivals_fall_by_the_moon_and_the_sun() -> None:
    first, last = date(2014, 1, 1), date(2040, 12, 31)
    expected: dict[str, list[date]] = {}
    for year in range(2013, 2042):
        for month in months_between_solstices(year):
            if month.leap:
                continue
            for code, (number, day) in _BY_THE_MOON.items():
                if number == month.month:
                    expected.setdefault(code, []).append(month.first_day + timedelta(days=day - 1))
            if month.month == 1:
                expected.setdefault("chinese_new_year_eve", []).append(month.first_day - timedelta(days=1))
        expected.setdefault("qingming", []).append(sun_reaches(15, year))
        expected.setdefault("winter_solstice", []).append(sun_reaches(270, year))
    within = {code: [day for day in days if first <= day <= last] for code, days in expected.items()}
    assert festivals(first, last) == within


def test_festival_by_the_moon_is_the_one_of_its_lunar_year() -> None:
    assert holidays_on(date(2022, 1, 10), None) == (Falling("laba", date(2022, 1, 10), 2021),)
    assert holidays_on(date(2022, 12, 30), None) == (Falling("laba", date(2022, 12, 30), 2022),)
    assert holidays_on(date(2026, 2, 16), None)[0].name == "chinese_new_year_eve:2025"


def test_festivals_are_the_same_everywhere_and_public_holidays_are_not() -> None:
    mid_autumn, christmas = date(2026, 9, 25), date(2026, 12, 25)
    for region in (None, "CN", "US", "DE-BY", "XX"):
        assert "mid_autumn" in {one.code for one in holidays_on(mid_autumn, region)}
    kept = {region: [one.code for one in holidays_on(christmas, region)] for region in (None, "CN", "US", "XX")}
    assert kept == {None: [], "CN": [], "US": ["christmas_day"], "XX": []}


@pytest.mark.parametrize(
    ("region", "code", "year", "days"),
    [
        ("GB", "good_friday", 2027, [date(2027, 3, 26)]),
        ("GR", "easter_monday", 2026, [date(2026, 4, 13)]),
        ("DE", "epiphany", 2026, []),
        ("DE-BY", "epiphany", 2026, [date(2026, 1, 6)]),
        ("NZ", "anzac_day", 2026, [date(2026, 4, 25)]),  # which the library calls Anzac Day there
        ("GB", "easter_monday", 2026, []),  # in Scotland it is none
        ("GB-ENG", "easter_monday", 2026, [date(2026, 4, 6)]),
        ("US", "thanksgiving", 2026, [date(2026, 11, 26)]),
        ("CN", "lunar_new_year", 2026, [date(2026, 2, 17)]),
        ("KR", "lunar_new_year", 2026, [date(2026, 2, 17)]),
        ("CN-BJ", "labour_day", 2026, [date(2026, 5, 1)]),
        ("CN-HK", "vesak", 2026, [date(2026, 5, 24)]),
        ("AE", "eid_al_fitr", 2033, [date(2033, 1, 2), date(2033, 12, 23)]),
        ("MA", "independence_day", 2026, [date(2026, 11, 18)]),
        ("ES", "christmas_day", 2033, [date(2033, 12, 25)]),  # a Sunday, and the Monday after it off
        ("ES-MD", "new_years_day", 2023, [date(2023, 1, 1)]),
        ("US", "labour_day", 2026, [date(2026, 9, 7)]),
        ("RU", "christmas_day", 2026, [date(2026, 1, 7)]),
        ("VN", "national_day", 2026, [date(2026, 9, 2)]),  # the day before it is off as well
        ("AE", "national_day", 2025, [date(2025, 12, 2)]),
        ("CN-HK", "good_friday", 2026, [date(2026, 4, 3)]),
    ],
)
def test_public_holidays_follow_the_region(region: str, code: str, year: int, days: list[date]) -> None:
    assert list(public_holidays(region, year).get(code, ())) == days


def test_a_day_off_in_place_of_a_holiday_is_not_another_one() -> None:
    assert public_holidays("US", 2021)["new_years_day"] == (date(2021, 1, 1),)  # and 31 December was off for 2022's
    assert public_holidays("US", 2022)["new_years_day"] == (date(2022, 1, 1),)
    assert public_holidays("GB", 2027)["christmas_day"] == (date(2027, 12, 25),)
    twice = holidays_on(date(2033, 12, 23), "AE")
    assert [one.name for one in twice if one.code == "eid_al_fitr"] == ["eid_al_fitr:2033.2"]


@pytest.mark.parametrize("region", ["BR", "CN", "DE", "ES", "FR", "GB", "HK", "IT", "MX", "PL", "RU", "SK", "TW", "US"])
def test_the_year_begins_everywhere(region: str) -> None:
    for year in range(2024, 2036):
        assert public_holidays(region, year).get("new_years_day") == (date(year, 1, 1),), year


def test_every_code_has_names_and_falls_somewhere() -> None:
    """After an upgrade of the library, which may call a holiday otherwise."""
    alone = "AE AM AU AZ BE BG BY CA CU DE EE ES FI FR GB HK ID IE IL IN IR IT JP KR KZ LT MT NL NZ RO TH US VE"
    somewhere = {"DE-BY", *alone.split()}
    found = {code for region in somewhere for code in public_holidays(region, 2026)}
    assert {code for code, one in HOLIDAYS.items() if not one.is_festival} - found == set()
    for one in HOLIDAYS.values():
        assert set(one.names_by_language) == {"en", "zh-CN"}
        assert one.names_by_language["zh-CN"] != one.names_by_language["en"]
        assert one.name_in("en-GB") == one.english


def test_regions_are_countries_alone_or_with_a_subdivision() -> None:
    assert [has_calendar(region) for region in ("CN", "CN-BJ", "DE-BY", "CN-HK", "XX", "")] == [True] * 4 + [False] * 2
