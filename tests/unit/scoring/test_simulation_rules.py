"""Comparing two scores of everybody: transitions, distributions, samples, and how far it is."""

from dataclasses import asdict, replace
from datetime import timedelta
from uuid import UUID

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.scoring.facts.measures import Measures
from services.scoring.facts.statistics import Statistics
from services.scoring.scores.context import Context
from services.scoring.simulations.comparison import CLASSES, FIGURES, Comparison, compare, distribution, merge
from services.scoring.simulations.portion import Findings, Outcome, Plan, compare_portion, read_findings, write_findings
from services.scoring.simulations.progress import percent, seconds_left
from services.scoring.simulations.samples import SAMPLES_PER_TRANSITION
from services.scoring.simulations.sketch import deciles, merge_sketches, sketch_of
from tests.support.factories.scoring import CONTEXT, MEASURES, NOW, POLICY, START, days, make_fact, statistics_of

STRICT = replace(POLICY, version=2, satisfaction=replace(POLICY.satisfaction, baseline=50))
PLAN = Plan.of(CONTEXT, replace(CONTEXT, policy=STRICT, measures=Measures(STRICT)), None, NOW)


def customers(number: int) -> dict[UUID, Statistics]:
    """With one to `number` purchases."""
    return {
        UUID(int=one): statistics_of(*(make_fact(at=START + days(20 * step)) for step in range(one)))
        for one in range(1, number + 1)
    }


def run(plan: Plan, everybody: dict[UUID, Statistics], portion: int) -> tuple[Findings, list[Outcome]]:
    findings, outcomes, ids = Findings(), [], sorted(everybody)
    for start in range(0, len(ids), portion):
        live = {one: everybody[one] for one in ids[start : start + portion]}
        outcomes.append(compare_portion(plan, live, live, read_findings(write_findings(findings))))
        findings = outcomes[-1].findings
    return findings, outcomes


def test_what_is_a_class_and_what_a_figure_follows_from_what_is_told() -> None:
    assert {"loyalty_level", "lifecycle_stage", "abc_class", "recency", "frequency", "monetary"} <= set(CLASSES)
    assert {"realised_value", "current_value", "probability_active", "satisfaction"} <= set(FIGURES)
    assert not {"as_of", "policy_version", "model_version"} & {*CLASSES, *FIGURES}


def test_everybody_is_counted_from_and_to() -> None:
    findings, outcomes = run(PLAN, customers(12), 12)
    rows = findings.comparison.transitions["loyalty_level"]
    assert {to for reached in rows.values() for to in reached} == {"none"}
    assert sum(sum(reached.values()) for reached in rows.values()) == 12
    assert distribution(rows)["none"] == (0, 12)
    assert all(classes["loyalty_level"][1] == "none" for classes, _ in outcomes[0].moves.values())
    assert {figures["satisfaction"] for _, figures in outcomes[0].moves.values()} == {(700, 500)}


@pytest.mark.parametrize("portion", [1, 5, 12])
def test_portions_make_no_difference(portion: int) -> None:
    findings, outcomes = run(PLAN, customers(12), portion)
    whole, _ = run(PLAN, customers(12), 12)
    assert findings.comparison.transitions == whole.comparison.transitions
    assert findings.comparison.after["satisfaction"] == whole.comparison.after["satisfaction"]
    assert [one for outcome in outcomes for one in outcome.moves] == sorted(customers(12))


def test_the_same_policy_moves_nobody() -> None:
    same = Plan.of(CONTEXT, replace(CONTEXT, policy=replace(POLICY, version=2)), None, NOW)
    findings, outcomes = run(same, customers(8), 8)
    assert (same.counts_otherwise, same.bounds_otherwise, outcomes[0].moves) == (False, False, {})
    for rows in findings.comparison.transitions.values():
        assert all(set(reached) == {old} for old, reached in rows.items())
    assert findings.comparison.before == findings.comparison.after


def test_samples_are_few_and_say_what_differs() -> None:
    findings, _ = run(PLAN, customers(12), 5)
    by_transition = [found for to in findings.samples["loyalty_level"].values() for found in to.values()]
    assert all(0 < len(found) <= SAMPLES_PER_TRANSITION for found in by_transition)
    kept = by_transition[0]
    baseline = next(one for one in kept[0]["reasons"] if one["rule"] == "baseline")
    assert (baseline["of"], baseline["before"]["amount"], baseline["after"]["amount"]) == ("satisfaction", 700, 500)
    assert not [one for one in kept[0]["reasons"] if one["of"] == "realised"]


def test_a_plan_knows_what_the_draft_changes() -> None:
    shares = replace(POLICY, portfolio=replace(POLICY.portfolio, a_share=POLICY.portfolio.b_share))
    other = replace(CONTEXT, policy=shares)
    first = Plan.of(CONTEXT, other, None, NOW)
    assert (first.counts_otherwise, first.bounds_otherwise) == (False, True)
    bounds = asdict(replace(CONTEXT.portfolio, a_minimum=1)) if CONTEXT.portfolio else {}
    plan = Plan.of(CONTEXT, other, bounds, NOW)
    assert plan.after.portfolio is not None
    assert plan.after.portfolio.a_minimum == 1
    assert Plan.of(Context(POLICY, MEASURES), other, None, NOW).bounds_otherwise is False


def test_who_cannot_be_counted_is_skipped() -> None:
    everybody = customers(3)
    left = {one: statistics for one, statistics in everybody.items() if one != UUID(int=2)}
    outcome = compare_portion(PLAN, everybody, left, Findings())
    assert (outcome.customers, outcome.skipped, outcome.last) == (3, 1, UUID(int=3))
    assert UUID(int=2) not in outcome.moves
    assert compare_portion(PLAN, {}, {}, Findings()).last is None


@given(st.lists(st.integers(-(10**15), 10**15).map(float) | st.just(0.0), min_size=1, max_size=60), st.integers(0, 60))
def test_deciles_are_near_however_portioned(values: list[float], cut: int) -> None:
    sketch = merge_sketches(sketch_of(values[:cut]), sketch_of(values[cut:]))
    assert sketch["count"] == len(values)
    for found, share in zip(deciles(sketch), range(10, 100, 10), strict=True):
        exact = float(np.quantile(values, share / 100, method="inverted_cdf"))
        assert found == pytest.approx(exact, rel=0.026)


def test_nothing_has_no_deciles() -> None:
    assert deciles(sketch_of([])) == []
    assert compare([]).transitions == merge(Comparison(), Comparison()).transitions == {}


def test_progress_is_of_the_whole_work() -> None:
    assert percent(5, 10, "comparing", counts_first=False, finished=False) == 50.0
    assert percent(5, 10, "counting", counts_first=True, finished=False) == 25.0
    assert percent(5, 10, "comparing", counts_first=True, finished=False) == 75.0
    assert percent(12, 10, "comparing", counts_first=False, finished=False) == 99.9
    assert percent(0, 0, "comparing", counts_first=False, finished=True) == 100.0
    assert seconds_left(25.0, NOW, NOW + timedelta(seconds=30)) == 90
    assert seconds_left(0.0, NOW, NOW) is seconds_left(10.0, None, NOW) is None
