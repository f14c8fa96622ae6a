"""Present value and its intervals."""

from dataclasses import replace

import numpy as np
import pytest

from services.scoring.lifetime import gamma_gamma
from services.scoring.lifetime.expectation import LifetimeModel, expect, intervals
from services.scoring.lifetime.futures import WEEKS_PER_MONTH, Patterns
from tests.support.factories.scoring import MODEL, POLICY

ALL = {"x": 3.0, "t_x": 30.0, "T": 40.0, "m": 25.0}


def pattern(**values: float) -> Patterns:
    return Patterns(**{name: np.array([value]) for name, value in {**ALL, **values}.items()})


def test_value_is_the_discounted_sum_of_steps() -> None:
    found = expect(MODEL, pattern(), POLICY.lifetime)
    x, t_x, T = np.array([3.0]), np.array([30.0]), np.array([40.0])
    margin = gamma_gamma.expected_mean(MODEL.spend, x, np.array([25.0]))[0]  # type: ignore[arg-type]
    by_hand, before = 0.0, 0.0
    for step in range(1, 13):
        so_far = MODEL.purchases.expected_purchases(x, t_x, T, np.array([3 * step * WEEKS_PER_MONTH]))[0]
        by_hand += (so_far - before) * margin * 1.1 ** (-(3 * step - 1.5) / 12)
        before = so_far
    assert found.value_by_year is not None
    assert found.value_by_year.shape == (1, 3)
    assert found.value_by_year.sum() == pytest.approx(by_hand)
    assert found.purchases[0] == pytest.approx(before)


def test_shorter_steps_change_little() -> None:
    monthly = expect(MODEL, pattern(), replace(POLICY.lifetime, step_months=1))
    quarterly = expect(MODEL, pattern(), POLICY.lifetime)
    assert monthly.value_by_year is not None
    assert quarterly.value_by_year is not None
    assert quarterly.value_by_year.sum() == pytest.approx(monthly.value_by_year.sum(), rel=2e-3)


@pytest.mark.parametrize("history", [{}, {"x": 0.0, "t_x": 0.0, "m": 0.0}, {"x": 20.0, "t_x": 39.0}])
def test_simulated_futures_average_to_the_expectation(history: dict[str, float]) -> None:
    values = {**ALL, **history}
    policy = replace(POLICY.lifetime, draws=50_000, interval=0.8)
    found = intervals(MODEL, **values, policy=policy)
    expected = expect(MODEL, pattern(**history), policy)
    assert found.purchases is not None
    assert found.value is not None
    assert expected.value_by_year is not None
    assert found.purchases.low <= expected.purchases[0] <= found.purchases.high
    assert found.value.low <= expected.value_by_year.sum() <= found.value.high


def test_intervals_are_the_same_every_time() -> None:
    assert intervals(MODEL, **ALL, policy=POLICY.lifetime) == intervals(MODEL, **ALL, policy=POLICY.lifetime)


def test_wider_coverage_gives_wider_intervals() -> None:
    narrow = intervals(MODEL, **ALL, policy=replace(POLICY.lifetime, interval=0.5))
    wide = intervals(MODEL, **ALL, policy=replace(POLICY.lifetime, interval=0.95))
    assert narrow.value is not None
    assert wide.value is not None
    assert narrow.margin is not None
    assert wide.margin is not None
    assert wide.value.low <= narrow.value.low < narrow.value.high < wide.value.high
    assert wide.margin.low < narrow.margin.low < narrow.margin.high < wide.margin.high


def test_parameter_uncertainty_gives_the_probability_an_interval() -> None:
    certain = replace(MODEL, covariance=tuple(tuple(1e-12 * (i == j) for j in range(4)) for i in range(4)))
    found = intervals(certain, **ALL, policy=POLICY.lifetime).probability_active
    active = MODEL.purchases.probability_active(np.array([3.0]), np.array([30.0]), np.array([40.0]))[0]
    assert found is not None
    assert found.low == pytest.approx(active, abs=1e-4)
    assert found.high == pytest.approx(active, abs=1e-4)
    assert intervals(MODEL, **ALL, policy=POLICY.lifetime).probability_active is None


def test_the_busiest_customer_is_simulated_in_bounded_time() -> None:
    daily = intervals(MODEL, x=1000.0, t_x=142.9, T=142.9, m=5.0, policy=POLICY.lifetime)
    assert daily.purchases is not None
    assert 0 <= daily.purchases.low < daily.purchases.high < 2000


def test_without_a_spend_model_there_is_no_value() -> None:
    model = LifetimeModel(1, MODEL.purchases, None, None)
    found = expect(model, pattern(), POLICY.lifetime)
    assert found.value_by_year is None
    assert found.margin is None
    assert intervals(model, **ALL, policy=POLICY.lifetime).value is None
