"""Birthdays that exist and birthdays that do not, in both calendars."""

from datetime import date

import pytest

from services.customer.profiles.birthday import check_birthday
from shared.contracts.customer import Birthday
from shared.errors import InvalidInput

TODAY = date(2026, 11, 2)


@pytest.mark.parametrize(
    "birthday",
    [
        Birthday(month=2, day=29),
        Birthday(year=2000, month=2, day=29),
        Birthday(year=2026, month=11, day=2),
        Birthday(calendar="lunar", month=1, day=30),
        Birthday(calendar="lunar", month=2, day=30, leap_month=True),
        Birthday(calendar="lunar", year=2023, month=2, day=29, leap_month=True),
        Birthday(calendar="lunar", year=2023, month=2, day=30),
        Birthday(calendar="lunar", year=1900, month=1, day=1),
    ],
    ids=str,
)
def test_birthday_is_accepted_when_the_day_exists(birthday: Birthday) -> None:
    check_birthday(birthday, TODAY)


@pytest.mark.parametrize(
    ("birthday", "code", "field", "words"),
    [
        (Birthday(year=2023, month=2, day=29), "birthday_invalid", "birthday.day", "month 2 of 2023 has 28 days"),
        (Birthday(month=2, day=30), "birthday_invalid", "birthday.day", "month 2 has 29 days"),
        (Birthday(month=4, day=31), "birthday_invalid", "birthday.day", "month 4 has 30 days"),
        (Birthday(month=4, day=1, leap_month=True), "birthday_leap_month", "birthday.leap_month", "lunar"),
        (
            Birthday(calendar="lunar", year=2024, month=1, day=30),
            "birthday_invalid",
            "birthday.day",
            "lunar month 1 of 2024 has 29 days",
        ),
        (Birthday(calendar="lunar", month=1, day=31), "birthday_invalid", "birthday.day", "at most 30 days"),
        (
            Birthday(calendar="lunar", year=2023, month=2, day=30, leap_month=True),
            "birthday_invalid",
            "birthday.day",
            "leap lunar month 2 of 2023 has 29 days",
        ),
        (
            Birthday(calendar="lunar", year=2023, month=3, day=1, leap_month=True),
            "birthday_leap_month",
            "birthday.leap_month",
            "its leap month is 2",
        ),
        (
            Birthday(calendar="lunar", year=2024, month=3, day=1, leap_month=True),
            "birthday_leap_month",
            "birthday.leap_month",
            "it has none",
        ),
        (
            Birthday(calendar="lunar", month=12, day=1, leap_month=True),
            "birthday_leap_month",
            "birthday.leap_month",
            "no year between 1900 and 2100",
        ),
        (Birthday(year=2026, month=11, day=3), "birthday_in_future", "birthday.year", "2026-11-02"),
        (Birthday(calendar="lunar", year=2026, month=12, day=1), "birthday_in_future", "birthday.year", "2026-11-02"),
    ],
    ids=str,
)
def test_birthday_is_refused_with_the_reason(birthday: Birthday, code: str, field: str, words: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        check_birthday(birthday, TODAY)
    assert (caught.value.code, caught.value.field) == (code, field)
    assert words in caught.value.detail
