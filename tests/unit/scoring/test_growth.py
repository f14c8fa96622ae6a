"""Growth potential and quadrants: against the better peers, by hand."""

from dataclasses import replace
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.scoring.facts.fact import Detail, Fact
from services.scoring.portfolio.growth import EVERYBODY, Gap, Pattern, Peers, YearTable, gap_of, pattern_of, upper_mark
from services.scoring.scores.potential import years_worth
from services.scoring.scores.score import score
from tests.support.factories.scoring import (
    CONTEXT,
    MEASURES,
    NOW,
    POLICY,
    PORTFOLIO,
    START,
    days,
    histories,
    make_fact,
    statistics_of,
)

TODAY = MEASURES.day(NOW)
BOTH = ("books", "tea")
PEERS = Peers(customers=100, frequency=5, basket=8_000, breadth=2)


def bought(number: int, *, margin: int = 3_000, every: float = 30, categories: tuple[str, ...] = ()) -> list[Fact]:
    """So many purchases, the last one yesterday."""
    detail = Detail(categories=categories)
    return [make_fact(at=NOW - days(1 + every * back), margin=margin, detail=detail) for back in range(number)]


def test_a_pattern_looks_at_twelve_months() -> None:
    facts = [*bought(3, categories=("tea",)), make_fact(at=NOW - days(366), margin=9_000)]
    assert pattern_of(statistics_of(*facts), TODAY) == Pattern(frequency=3, basket=4_500, breadth=1)


def test_a_gap_is_what_the_better_peers_earn_more() -> None:
    gap = gap_of(Pattern(frequency=3, basket=3_000, breadth=1), PEERS, POLICY.growth)
    assert gap == Gap(frequency=2 * 3_000, basket=5 * 5_000, breadth=5 * 8_000 * 5 // 100)


def test_who_outdoes_the_peers_lacks_nothing() -> None:
    assert gap_of(Pattern(frequency=9, basket=9_000, breadth=3), PEERS, POLICY.growth).total == 0


@given(st.integers(0, 400), st.integers(0, 10**6), st.integers(0, 20))
def test_gaps_close_the_whole_distance(frequency: int, basket: int, breadth: int) -> None:
    """Frequency and basket together are the year's margin at the mark, less the own one."""
    gap = gap_of(Pattern(frequency, basket, breadth), PEERS, POLICY.growth)
    assert min(gap) >= 0
    assert gap.frequency + gap.basket == max(frequency, 5) * max(basket, 8_000) - frequency * basket


@pytest.mark.parametrize(("share", "mark"), [("0.1", 10), ("0.25", 8), ("0.5", 6), ("0.99", 1)])
def test_the_best_share_reach_the_mark(share: str, mark: int) -> None:
    assert upper_mark(np.array([3, 1, 2, 10, 9, 8, 7, 6, 5, 4]), Decimal(share)) == mark


def test_quadrants_begin_where_the_best_shares_do() -> None:
    table = YearTable(MEASURES)
    for number in range(1, 11):
        table.add(statistics_of(*bought(number, margin=1_000, every=10)), EVERYBODY, TODAY)
    table.add(statistics_of(make_fact(at=NOW - days(365))), EVERYBODY, TODAY)
    marks = table.mark(POLICY.growth, POLICY.quadrants)
    assert (marks.core_minimum, marks.maintain_minimum) == (10_000, 6_000)
    assert marks.peers == {EVERYBODY: Peers(customers=10, frequency=8, basket=1_000, breadth=0)}
    assert marks.potential_minimum == 5_000  # of 8 purchases the best quarter lack: 7, 6 and 5


def test_small_groups_are_measured_against_everybody() -> None:
    table = YearTable(MEASURES)
    for number in range(30):
        table.add(statistics_of(*bought(2)), "person", TODAY)
        if number < 19:
            table.add(statistics_of(*bought(9)), "organisation", TODAY)
    marks = table.mark(POLICY.growth, POLICY.quadrants)
    assert set(marks.peers) == {EVERYBODY, "person"}
    assert marks.peers_of("person") == Peers(customers=30, frequency=2, basket=3_000, breadth=0)
    assert marks.peers_of("organisation") == Peers(customers=49, frequency=9, basket=3_000, breadth=0)


def test_without_buyers_nothing_is_marked() -> None:
    assert YearTable(MEASURES).mark(POLICY.growth, POLICY.quadrants).core_minimum is None


def test_three_years_are_worth_less_than_three() -> None:
    """Σ 0.25 × 1.10^(-(3k - 1.5) / 12), k = 1 … 12."""
    assert years_worth(36, 3, 0.10) == pytest.approx(2.6092, abs=1e-4)


def test_potential_is_the_gap_discounted_and_doubted() -> None:
    found = score(statistics_of(*bought(3)), CONTEXT, NOW)
    probability = found.current.probability_active
    assert probability is not None
    assert found.potential.gap == Gap(frequency=6_000, basket=25_000, breadth=4_000)
    assert found.potential.minor == pytest.approx(35_000 * years_worth(36, 3, 0.10) * probability, abs=2)
    assert found.lifetime_profit == (found.current.minor or 0) + (found.potential.minor or 0)


def test_without_peers_or_model_it_says_what_is_missing() -> None:
    statistics = statistics_of(*bought(3))
    assert score(statistics, replace(CONTEXT, portfolio=None), NOW).potential.missing == "no_peers"
    assert score(statistics, replace(CONTEXT, model=None), NOW).potential.missing == "no_model"
    assert score(statistics_of(), CONTEXT, NOW).potential.missing == "no_purchase"


@pytest.mark.parametrize(
    ("facts", "quadrant"),
    [
        (bought(8, margin=5_000), "core"),
        (bought(7, margin=5_000, categories=BOTH), "maintain"),  # 35,000 a year are too few for core
        (bought(8, margin=5_000, every=1, categories=BOTH), "maintain"),  # not for 180 days: no stable demand
        (bought(3), "high_potential"),
        (bought(1, margin=9_500), "high_potential"),
        ([make_fact(at=START, margin=9_500)], "optimise"),
        (bought(6, margin=7_500, every=40, categories=BOTH), "core"),
    ],
)
def test_value_and_potential_make_the_quadrant(facts: list[Fact], quadrant: str) -> None:
    assert score(statistics_of(*facts), CONTEXT, NOW).quadrant == quadrant


def test_without_marks_there_is_no_quadrant() -> None:
    unmarked = replace(
        CONTEXT, portfolio=replace(PORTFOLIO, year=YearTable(MEASURES).mark(POLICY.growth, POLICY.quadrants))
    )
    assert score(statistics_of(*bought(3)), unmarked, NOW).quadrant is None


@given(histories())
def test_more_peers_never_lower_a_potential(history: list[Fact]) -> None:
    """A higher mark leaves nobody with less to add."""
    statistics = statistics_of(*history)
    higher = replace(PORTFOLIO.year, peers={EVERYBODY: Peers(1, 6, 9_000, 3)})
    before = score(statistics, CONTEXT, NOW).potential.minor or 0
    assert (
        score(statistics, replace(CONTEXT, portfolio=replace(PORTFOLIO, year=higher)), NOW).potential.minor or 0
    ) >= before
