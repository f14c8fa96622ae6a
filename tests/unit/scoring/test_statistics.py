"""Statistics depend on the facts alone: not on their order, their batches or where they were merged."""

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.scoring.facts.fact import Detail, Fact, FactKind, Instrument
from services.scoring.facts.statistics import EMPTY, Statistics, fold, merge
from shared.errors import Poison
from tests.support.factories.scoring import MEASURES, START, days, histories, make_fact, statistics_of


@given(histories(), st.randoms())
def test_order_makes_no_difference(history: list[Fact], random: "st.DataObject") -> None:
    shuffled = sorted(history, key=lambda _: random.random())  # type: ignore[attr-defined]
    assert fold(EMPTY, shuffled, MEASURES) == fold(EMPTY, history, MEASURES)


@given(histories(min_size=2), st.data())
def test_batching_makes_no_difference(history: list[Fact], data: st.DataObject) -> None:
    cut = data.draw(st.integers(0, len(history)))
    first = fold(EMPTY, history[:cut], MEASURES)
    assert fold(first, history[cut:], MEASURES) == fold(EMPTY, history, MEASURES)
    assert merge(first, fold(EMPTY, history[cut:], MEASURES)) == fold(EMPTY, history, MEASURES)


@given(histories(), histories(), histories())
def test_merging_is_commutative_and_associative(one: list[Fact], two: list[Fact], three: list[Fact]) -> None:
    a, b, c = (fold(EMPTY, history, MEASURES) for history in (one, two, three))
    assert merge(a, b) == merge(b, a)
    assert merge(merge(a, b), c) == merge(a, merge(b, c))
    assert merge(a, EMPTY) == a == merge(EMPTY, a)


@given(histories())
def test_sums_agree_with_the_days(history: list[Fact]) -> None:
    statistics = fold(EMPTY, history, MEASURES)
    assert statistics.facts == len(history)
    assert sum(entry.margin for entry in statistics.purchase_days) == statistics.margin
    assert sum(entry.margin for entry in statistics.deductions) == statistics.returned_margin + statistics.compensation
    assert [entry.day for entry in statistics.purchase_days] == sorted(
        {entry.day for entry in statistics.purchase_days}
    )
    assert statistics.realised_since(-(10**6)) == statistics.realised


@given(histories())
def test_packing_keeps_everything(history: list[Fact]) -> None:
    statistics = fold(EMPTY, history, MEASURES)
    packed = msgspec.msgpack.encode(statistics)
    assert msgspec.msgpack.decode(packed, type=Statistics) == statistics


def test_purchases_of_one_local_day_are_one_transaction() -> None:
    late_evening = datetime(1997, 1, 1, 15, 59, tzinfo=UTC)  # 23:59 in Shanghai
    statistics = statistics_of(
        make_fact(at=late_evening - timedelta(hours=3)),
        make_fact(at=late_evening),
        make_fact(at=late_evening + timedelta(minutes=1)),
    )
    assert statistics.purchases == 3
    assert [entry.margin for entry in statistics.purchase_days] == [6_000, 3_000]


def test_margin_is_the_told_one_else_the_policys_share() -> None:
    statistics = statistics_of(make_fact(amount=1_001), make_fact(amount=1_000, margin=777))
    assert statistics.margin == 300 + 777
    assert statistics.revenue == 2_001


@pytest.mark.parametrize(
    ("currency", "minor", "fen"), [("CNY", 1, 1), ("USD", 100, 710), ("JPY", 100, 480), ("EUR", 5, 39), ("HKD", 50, 46)]
)
def test_money_is_converted_by_each_fact(currency: str, minor: int, fen: int) -> None:
    assert statistics_of(make_fact(amount=minor, currency=currency)).revenue == fen


def test_a_currency_without_rate_is_refused() -> None:
    with pytest.raises(Poison) as refusal:
        statistics_of(make_fact(currency="XCD"))
    assert refusal.value.code == "currency_without_rate"


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"amount": 10**13 + 1}, "amount"),
        ({"amount": 10**15}, "amount"),
        ({"amount": 10**15, "currency": "USD"}, "amount"),
        ({"amount": 100, "margin": -(10**13) - 1}, "margin"),
    ],
)
def test_an_amount_too_large_to_be_summed_is_refused(values: dict[str, Any], field: str) -> None:
    with pytest.raises(Poison) as refusal:
        statistics_of(make_fact(**values))
    assert (refusal.value.code, refusal.value.field) == ("amount_out_of_range", field)


def test_the_largest_amounts_are_summed_exactly() -> None:
    statistics = statistics_of(*(make_fact(amount=10**13, margin=10**13) for _ in range(101)))
    assert statistics.realised == 101 * 10**13


def test_returns_and_compensation_are_taken_off() -> None:
    statistics = statistics_of(
        make_fact(amount=10_000),
        make_fact(FactKind.RETURN, START + days(3), amount=4_000, margin=1_000),
        make_fact(FactKind.RESOLUTION, START + days(400), amount=500, currency="CNY"),
    )
    assert statistics.realised == 3_000 - 1_000 - 500
    assert statistics.realised_since(MEASURES.day(START + days(300))) == -500


def test_a_resolution_may_arrive_before_its_complaint() -> None:
    resolved = make_fact(FactKind.RESOLUTION, START + days(1))
    opened = make_fact(FactKind.COMPLAINT, START)
    (case,) = statistics_of(resolved, opened).cases
    assert case.opened_first is not None
    assert case.resolved_first is not None
    assert case.resolved_first - case.opened_first == 86_400_000_000
    assert case.severity == 1


def test_answers_of_one_day_are_counted_together() -> None:
    nine = Detail(instrument=Instrument.NPS, points=90)
    (answers,) = statistics_of(
        make_fact(FactKind.SURVEY, detail=nine), make_fact(FactKind.SURVEY, START + timedelta(hours=1), detail=nine)
    ).surveys
    assert answers.answers == 2
