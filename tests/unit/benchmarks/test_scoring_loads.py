"""What the benchmarks of scores and fits rest on: customers as the models have them, and work that is really done."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from benchmarks.lifetime.customers import simulate_histories
from benchmarks.lifetime.fit import MODELS, fit, write_histories
from benchmarks.scores.customers import make_context, make_customers, make_facts
from benchmarks.scores.score import SUBJECTS, measure
from services.scoring.lifetime.fitting import PurchaseFit, fit_purchases
from services.scoring.policies.queries import read_policy
from services.scoring.scores.score import effective_instant, score_many

UNTIL = datetime(2026, 1, 1, tzinfo=UTC)


def test_made_customers_follow_the_models_that_made_them(tmp_path: Path) -> None:
    purchases, spend = simulate_histories(40_000, seed=1)
    assert purchases.customers == 40_000
    found = fit_purchases(purchases, read_policy().lifetime)
    assert isinstance(found, PurchaseFit)
    assert found.model.as_array() == pytest.approx([0.243, 4.414, 0.793, 2.426], rel=0.15)
    write_histories(tmp_path / "histories.npz", purchases, spend)
    again = fit(tmp_path / "histories.npz", MODELS[0])
    assert again["log_likelihood"] == found.log_likelihood
    assert fit(tmp_path / "histories.npz", "gamma_gamma")["customers"] == spend.customers


@pytest.mark.parametrize("subject", SUBJECTS)
def test_scores_are_measured_singly_and_in_bulk(subject: str) -> None:
    found = measure(20, subject, 0.05)
    assert found["per_second"] > 0
    assert 0 < found["p50_ms"] <= found["p99_ms"]


def test_made_customers_reach_every_kind_of_figure() -> None:
    context = make_context()
    customers = make_customers(300, context, until=UNTIL, seed=3)
    scores = score_many([(one, effective_instant(one, UNTIL)) for one in customers], context)
    assert {score.abc for score in scores} == {"A", "B", "C"}
    assert len({score.quadrant for score in scores}) == 4
    assert len({score.level for score in scores}) > 2
    assert all(score.current.minor is not None and score.potential.minor is not None for score in scores)
    assert customers == make_customers(300, context, until=UNTIL, seed=3)


def test_made_facts_are_as_many_as_asked_for() -> None:
    groups = make_facts(400, until=UNTIL, seed=5, more_each=8)
    assert all(groups)
    assert sum(map(len, groups)) / 400 == pytest.approx(10.5, abs=1)
