"""What a replay says of a customer: equal, or what differs, and how far it is."""

from datetime import timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import given

from services.scoring.facts import packing
from services.scoring.facts.fact import Fact, FactKind
from services.scoring.facts.state import CustomerState
from services.scoring.facts.statistics import EMPTY, Statistics
from services.scoring.replays.comparison import Compared, Portion, compare
from services.scoring.replays.progress import percent, seconds_left
from services.scoring.scores.memory import Memory, pack
from services.scoring.scores.score import score
from services.scoring.scores.telling import Told, tell
from shared.errors import Poison
from tests.support.factories.scoring import CONTEXT, CUSTOMER, NOW, days, histories, make_fact, statistics_of


def row_of(statistics: Statistics, told: Told | None = None) -> dict[str, Any]:
    memory = pack(Memory(told))
    return dict(zip(packing.COLUMNS, packing.row_of(CustomerState(statistics, memory)), strict=True))


def listed(told: Told) -> dict[str, Any]:
    recency, frequency, monetary = told.rfm or (None, None, None)
    return {**msgspec.structs.asdict(told), "recency": recency, "frequency": frequency, "monetary": monetary}


def held_together(live: dict[str, Any] | None, rebuilt: Statistics | Poison, told: Told | None = None) -> Compared:
    portion = Portion(
        customer_ids=[CUSTOMER],
        live={} if live is None else {CUSTOMER: live},
        told={} if told is None else {CUSTOMER: listed(told)},
        reviews={},
        histories={},
        context=CONTEXT,
        now=NOW,
    )
    return compare(portion, {CUSTOMER: rebuilt})


@given(histories())
def test_the_same_facts_are_equal_in_any_order(history: list[Fact]) -> None:
    rebuilt = statistics_of(*reversed(history))
    told = tell(score(rebuilt, CONTEXT, NOW + days(2_000)))
    found = held_together(row_of(statistics_of(*history), told), rebuilt, told)
    assert not found.differences
    assert found.states[CUSTOMER].statistics == rebuilt


def test_each_field_that_differs_is_named_on_both_sides() -> None:
    bought, again = make_fact(at=NOW - days(90)), make_fact(at=NOW - days(9))
    live, rebuilt = statistics_of(bought), statistics_of(bought, again)
    fields = held_together(row_of(live), rebuilt).differences[CUSTOMER].fields
    assert fields["statistics.purchases"] == (1, 2)
    assert fields["statistics.purchase_days"] == ([], [[rebuilt.purchase_days[1].day, 3_000]])
    assert fields["score.realised_value"] == (3_000, 6_000)
    assert fields["columns.realised"] == (3_000, 6_000)
    assert "statistics.categories" not in fields


def test_a_list_of_told_scores_that_says_something_else_differs() -> None:
    statistics = statistics_of(make_fact(at=NOW - days(9)))
    told = tell(score(statistics, CONTEXT, NOW))
    other = msgspec.structs.replace(told, satisfaction=told.satisfaction + 1, rfm=(1, 1, 1))
    fields = held_together(row_of(statistics, told), statistics, other).differences[CUSTOMER].fields
    assert fields == {"told.satisfaction": (701, 700), "told.rfm": ((1, 1, 1), told.rfm)}
    assert held_together(row_of(statistics, told), statistics).differences[CUSTOMER].fields == {"told": (False, True)}


def test_rows_may_be_missing_without_facts_or_uncountable() -> None:
    statistics = statistics_of(make_fact())
    poison = Poison("no rate for USD", code="currency_without_rate")
    cases = [
        (held_together(None, statistics), "missing", statistics),
        (held_together(row_of(statistics), EMPTY), "surplus", None),
        (held_together(row_of(statistics), poison), "uncountable", statistics),
        (held_together(None, poison), "uncountable", None),
    ]
    for found, verdict, kept in cases:
        assert found.differences[CUSTOMER].verdict == verdict
        state = found.states.get(CUSTOMER)
        assert (None if state is None else state.statistics) == kept


def test_a_void_alone_is_a_fact() -> None:
    void = statistics_of(make_fact(FactKind.VOID))
    assert not held_together(row_of(void), void).differences


@pytest.mark.parametrize(
    ("state", "done", "customers", "share"),
    [
        ("queued", 0, 9, 0.0),
        ("rebuilding", 3, 9, 33.3),
        ("rebuilding", 12, 9, 99.9),
        ("ready", 9, 9, 100.0),
        ("discarded", 3, 9, 33.3),
        ("discarded", 9, 9, 100.0),
    ],
)
def test_progress_is_that_of_the_rebuilding(state: Any, done: int, customers: int, share: float) -> None:
    assert percent(state, done, customers) == share
    assert percent("rebuilding", 0, 0) == 0.0


def test_the_time_left_is_at_the_speed_so_far() -> None:
    assert seconds_left(25.0, NOW, NOW + timedelta(seconds=30)) == 90
    assert seconds_left(0.0, NOW, NOW) is None
