"""Reminders of a day: the longest lead first, the nearest alone for who joins late, each once."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.notification.occasions.basis import Basis, basis_from
from services.notification.occasions.birthdays import NoOccurrence
from services.notification.occasions.reminders import Reminder, first_reminder, following_reminder
from services.notification.policy import LeapDayRule

LEAP = LeapDayRule.FEBRUARY_28
DAY = date(2027, 5, 20)
LEADS = (30, 7, 0)


def once(**changes: Any) -> Basis:
    values: dict[str, Any] = {
        "calendar": "solar",
        "year": 2027,
        "month": 5,
        "day": 20,
        "recurring": False,
        "lead_days": LEADS,
    }
    return Basis(**(values | changes))


def said_from(basis: Basis, told_on: date, *, most: int = 20) -> tuple[list[Reminder], NoOccurrence | None]:
    """Every reminder from the telling on, and why there are no more."""
    found = first_reminder(basis, told_on, beyond_year=None, leap_day=LEAP)
    said: list[Reminder] = []
    while isinstance(found, Reminder) and len(said) < most:
        said.append(found)
        found = following_reminder(basis, found, beyond_year=None, leap_day=LEAP)
    return said, None if isinstance(found, Reminder) else found


@pytest.mark.parametrize(
    ("told_on", "expected"),
    [
        (date(2027, 1, 1), [(30, date(2027, 4, 20)), (7, date(2027, 5, 13)), (0, DAY)]),
        (date(2027, 4, 20), [(30, date(2027, 4, 20)), (7, date(2027, 5, 13)), (0, DAY)]),
        # Late: one at once and not two.
        (date(2027, 5, 1), [(30, date(2027, 5, 1)), (7, date(2027, 5, 13)), (0, DAY)]),
        (date(2027, 5, 18), [(7, date(2027, 5, 18)), (0, DAY)]),
        (DAY, [(0, DAY)]),
        (DAY + timedelta(days=1), []),
    ],
)
def test_a_day_that_comes_once(told_on: date, expected: list[tuple[int, date]]) -> None:
    said, why = said_from(once(), told_on)
    assert [(one.lead, one.due_day) for one in said] == expected
    assert why is NoOccurrence.OVER


def test_a_day_that_comes_round_is_reminded_of_every_year() -> None:
    said, _ = said_from(once(recurring=True, year=None, lead_days=(7, 0)), date(2027, 5, 14), most=4)
    assert [(one.lead, one.due_day) for one in said] == [
        (7, date(2027, 5, 14)),
        (0, DAY),
        (7, date(2028, 5, 13)),
        (0, date(2028, 5, 20)),
    ]


def test_an_anniversary_is_kept_from_the_year_after_on() -> None:
    said, _ = said_from(once(recurring=True, lead_days=(0,)), DAY, most=2)
    assert [one.day for one in said] == [date(2028, 5, 20), date(2029, 5, 20)]


@pytest.mark.parametrize(
    ("basis", "day"),
    [
        (once(calendar="lunar", year=2026, month=12, day=30, lead_days=(0,)), date(2027, 2, 5)),
        (once(calendar="lunar", year=2025, month=6, day=1, leap_month=True, lead_days=(0,)), date(2025, 7, 25)),
        (once(calendar="lunar", year=2026, month=6, day=1, leap_month=True, lead_days=(0,)), date(2026, 7, 14)),
        (once(year=2027, month=2, day=29, lead_days=(0,)), date(2027, 2, 28)),
        (once(month=4, day=31), NoOccurrence.IMPOSSIBLE_DATE),
        (once(calendar="lunar", year=2101), NoOccurrence.BEYOND_CALENDAR),
    ],
)
def test_a_single_day_in_its_calendar(basis: Basis, day: date | NoOccurrence) -> None:
    found = first_reminder(basis, date(2025, 1, 1), beyond_year=None, leap_day=LEAP)
    assert (found.day if isinstance(found, Reminder) else found) == day


@given(
    told_on=st.dates(date(2020, 1, 1), date(2030, 1, 1)),
    leads=st.sets(st.integers(0, 365), min_size=1, max_size=5),
    month=st.integers(1, 12),
    day=st.integers(1, 28),
    recurring=st.booleans(),
    lunar=st.booleans(),
)
def test_reminders_never_lie_before_the_telling_nor_after_the_day_and_none_comes_twice(
    told_on: date, leads: set[int], month: int, day: int, recurring: bool, lunar: bool
) -> None:
    basis = once(
        calendar="lunar" if lunar else "solar",
        year=None if recurring else 2025,
        month=month,
        day=day,
        recurring=recurring,
        lead_days=tuple(sorted(leads, reverse=True)),
    )
    assert basis_from(basis.as_json()) == basis
    said, _ = said_from(basis, told_on, most=8)
    assert len({(one.day, one.lead) for one in said}) == len(said)
    for one in said:
        assert one.due_day <= one.day
        assert one.due_day == max(one.day - timedelta(days=one.lead), told_on if one is said[0] else date.min)
    late = [one for one in said if one.day - timedelta(days=one.lead) < told_on]
    assert len(late) <= 1 or recurring
