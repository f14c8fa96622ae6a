"""Periods and key figures: nothing is divided by nothing, and owners add up to everybody."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.scoring.facts.fact import FactKind
from services.scoring.insight.kpis import Sums, Table, Traded, add_trade, convert, kpis_of
from services.scoring.insight.periods import Period, quarter_before, quarter_of
from tests.support.factories.scoring import POLICY

_counts = st.integers(0, 10**6)


@pytest.mark.parametrize(
    ("first", "last", "before"),
    [
        ("2026-03-01", "2026-03-31", ("2026-02-01", "2026-02-28")),
        ("2026-01-01", "2026-03-31", ("2025-10-01", "2025-12-31")),
        ("2024-01-01", "2024-12-31", ("2023-01-01", "2023-12-31")),
        ("2026-03-02", "2026-03-31", ("2026-01-31", "2026-03-01")),
        ("2026-03-31", "2026-03-31", ("2026-03-30", "2026-03-30")),
    ],
)
def test_the_period_before_is_as_long_by_the_calendar(first: str, last: str, before: tuple[str, str]) -> None:
    found = Period(date.fromisoformat(first), date.fromisoformat(last)).before()
    assert (found.first.isoformat(), found.last.isoformat()) == before


@given(st.dates(date(1980, 1, 1), date(2100, 1, 1)), st.integers(0, 800))
def test_periods_meet_without_gap(first: date, days: int) -> None:
    period = Period(first, first + timedelta(days=days))
    assert period.before().following == first
    quarter = quarter_before(first)
    assert quarter.last < first <= quarter.following + timedelta(days=92)
    assert quarter == quarter_of(quarter.first.year, quarter.first.month // 3 + 1)


def test_margins_not_told_follow_the_policy_and_rates_are_applied_to_sums() -> None:
    sums = Sums(30)
    add_trade(
        sums,
        [
            Traded(FactKind.PURCHASE, "CNY", 100_000, 10_000, 60_000, 0),
            Traded(FactKind.RETURN, "CNY", 5_000, 0, 5_000, 0),
            Traded(FactKind.RESOLUTION, "CNY", 700, 0, 700, 0),
            Traded(FactKind.COMPLAINT, None, 0, 0, 0, 0),
        ],
        POLICY.money,
    )
    assert (sums.sales, sums.earned) == (95_000, 10_000 + 18_000 - 1_500 - 700)
    assert convert(100, "XXX" if "XXX" in POLICY.money.rates else "CNY", POLICY.money) == 100


@given(
    st.lists(st.tuples(st.sampled_from(["m-1", "m-2", None]), st.integers(0, 1), _counts, _counts, _counts), max_size=8)
)
def test_owners_add_up_to_everybody(entries: list[tuple[str | None, int, int, int, int]]) -> None:
    table = Table((30, 31))
    for owner, place, sold, buyers, new in entries:
        sums = table.of(owner, place)
        sums.sold, sums.buyers, sums.new = sums.sold + sold, sums.buyers + buyers, sums.new + new
    everybody, owners = table.rows()
    assert everybody.current.sales == sum(row.current.sales for row in owners)
    assert everybody.previous.buyers == sum(row.previous.buyers for row in owners)
    assert [row.current.sales for row in owners] == sorted((row.current.sales for row in owners), reverse=True)


def test_nothing_is_divided_by_nothing() -> None:
    empty = kpis_of(Sums(30))
    assert {name for name in ("sales", "margin", "customers", "buyers") if getattr(empty, name) == 0} == {
        "sales", "margin", "customers", "buyers",
    }  # fmt: skip
    rates = ("growth", "receivables_turnover", "forecast_accuracy", "satisfaction", "retention_rate")
    assert all(getattr(empty, name) is None for name in rates)


def test_accuracy_falls_with_the_distance_on_either_side() -> None:
    found = [kpis_of(Sums(30, expected=10.0, bought=bought)).forecast_accuracy for bought in (10, 8, 12, 25)]
    assert found == [Decimal("1.0000"), Decimal("0.8000"), Decimal("0.8000"), Decimal("0.0000")]
