"""Reminders within a span of days: the same as going from one to the next, and found by the days they are kept on."""

from datetime import date, timedelta

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from services.notification.occasions.basis import Basis
from services.notification.occasions.reminders import Reminder, first_reminder, following_reminder
from services.notification.occasions.span import DayOfYear, days_between, reminders_between
from services.notification.policy import LeapDayRule

_LEADS = st.sets(st.integers(0, 365), min_size=1, max_size=3)
_BASES = st.builds(
    Basis,
    calendar=st.sampled_from(["solar", "lunar"]),
    month=st.integers(1, 12),
    day=st.integers(1, 31),
    leap_month=st.booleans(),
    lead_days=_LEADS.map(lambda leads: tuple(sorted(leads, reverse=True))),
)
_LABA = Basis(calendar="lunar", month=12, day=8)


def one_after_another(basis: Basis, first: date, last: date, leap_day: LeapDayRule) -> list[Reminder]:
    """Of each lead by itself, since the reminders of one day may lie between those of another."""
    found: list[Reminder] = []
    for lead in basis.lead_days:
        alone = Basis(
            calendar=basis.calendar,
            month=basis.month,
            day=basis.day,
            leap_month=basis.leap_month,
            year=basis.year,
            recurring=basis.recurring,
            lead_days=(lead,),
        )
        said = first_reminder(alone, first - timedelta(days=1), beyond_year=None, leap_day=leap_day)
        while isinstance(said, Reminder) and said.due_day <= last:
            found += [said] if said.day - timedelta(days=lead) >= first else []
            said = following_reminder(alone, said, beyond_year=None, leap_day=leap_day)
    return sorted(found, key=lambda one: (one.due_day, one.lead))


@settings(max_examples=150, deadline=None)
@example(_LABA, date(2026, 1, 1), 30, LeapDayRule.MARCH_1)
@given(_BASES, st.dates(date(2000, 1, 1), date(2060, 1, 1)), st.integers(0, 366), st.sampled_from(LeapDayRule))
def test_reminders_of_a_span_are_those_met_on_the_way_through_it(
    basis: Basis, first: date, days: int, leap_day: LeapDayRule
) -> None:
    last = first + timedelta(days=days)
    found = reminders_between(basis, first, last, leap_day=leap_day)
    expected = one_after_another(basis, first, last, leap_day)
    assert sorted(found, key=lambda one: (one.due_day, one.lead)) == expected
    kept_on = DayOfYear(basis.calendar, basis.month, basis.day)
    assert all(kept_on in days_between(one.day, one.day) for one in found)


@pytest.mark.parametrize(("year", "days"), [(2026, [date(2026, 2, 5)]), (2025, [])])
def test_what_comes_once_comes_in_its_year(year: int, days: list[date]) -> None:
    once = Basis(calendar="solar", month=2, day=12, year=year, recurring=False, lead_days=(30, 7))
    found = reminders_between(once, date(2026, 2, 1), date(2026, 2, 28), leap_day=LeapDayRule.FEBRUARY_28)
    assert [one.due_day for one in found] == days


def test_a_day_in_a_leap_month_is_kept_by_those_of_the_ordinary_one_too() -> None:
    assert DayOfYear("lunar", 6, 1) in days_between(date(2025, 7, 25), date(2025, 7, 25))  # 闰六月初一
    assert DayOfYear("lunar", 12, 30) in days_between(date(2026, 2, 16), date(2026, 2, 16))  # 腊月廿九, the last day
