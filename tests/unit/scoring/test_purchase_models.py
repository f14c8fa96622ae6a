"""What every model of purchases must hold, over its whole domain: bounds, monotony, its own integrals."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.optimize import approx_fprime
from scipy.stats import gamma

from services.scoring.lifetime.pareto_nbd import ParetoNbd
from services.scoring.lifetime.purchase_models import PURCHASE_MODELS, make_model, parameters_of
from services.scoring.lifetime.purchasing import (
    Floats,
    PurchaseHistories,
    PurchaseModel,
    PurchaseModelName,
    expected_purchases_of_new,
)

USUAL: dict[PurchaseModelName, tuple[float, ...]] = {
    "bg_nbd": (0.243, 4.414, 0.793, 2.426),
    "mbg_nbd": (0.525, 6.183, 0.891, 1.614),
    "pareto_nbd": (0.553, 10.578, 0.606, 11.669),
}
HISTORIES = PurchaseHistories(
    x=np.array([0.0, 1.0, 2.0, 26.0, 3.0]),
    t_x=np.array([0.0, 3.0, 30.43, 30.0, 39.0]),
    T=np.array([20.0, 30.0, 38.86, 31.0, 39.0]),
    weight=np.array([1.0, 2.0, 1.0, 3.0, 1.0]),
)


def models_within(low: float, high: float) -> st.SearchStrategy[PurchaseModel]:
    """With logarithms of parameters between these."""
    parameter = st.floats(low, high).map(lambda power: float(np.exp(power)))
    return st.builds(make_model, st.sampled_from(tuple(PURCHASE_MODELS)), st.tuples(*[parameter] * 4))


@st.composite
def histories(draw: st.DrawFn, purchases: int, weeks: float) -> tuple[float, float, float]:
    x = float(draw(st.integers(0, purchases)))
    t_x = draw(st.floats(0, weeks)) if x else 0.0
    return x, t_x, t_x + draw(st.floats(0, weeks))


def one(number: float) -> Floats:
    return np.array([number])


@settings(max_examples=100, deadline=None)
@given(models_within(-7, 9), histories(1000, 3000), st.floats(0.01, 3000))
def test_every_answer_is_a_number_within_its_bounds(
    model: PurchaseModel, history: tuple[float, float, float], horizon: float
) -> None:
    x, t_x, T = map(one, history)
    probability = model.probability_active(x, t_x, T)
    purchases = model.expected_purchases(x, t_x, T, one(horizon))
    rows = PurchaseHistories(x, t_x, T, one(1.0))
    value, gradient = PURCHASE_MODELS[model.name].log_likelihood(np.log(model.as_array()), rows)
    table = model.count_probabilities(one(horizon), 7)
    assert np.isfinite([*probability, *purchases, value, *gradient, *table[0]]).all()
    assert 0 <= probability[0] <= 1
    assert purchases[0] >= 0
    assert (table >= 0).all()
    assert table.sum() == pytest.approx(1, abs=1e-6)


@settings(max_examples=60, deadline=None)
@given(models_within(-7, 9), histories(1000, 3000))
def test_silence_and_horizon_work_one_way_at_the_ends_of_the_domain(
    model: PurchaseModel, history: tuple[float, float, float]
) -> None:
    """Up to what 2F1 loses in floating point there."""
    falling, rising = silence_and_horizon(model, history)
    assert (np.diff(falling) <= 1e-9).all()
    assert (np.diff(rising) >= -1e-3 * rising[-1]).all()


@settings(max_examples=60, deadline=None)
@given(models_within(-3, 3), histories(100, 500))
def test_silence_lowers_the_probability_and_a_longer_horizon_raises_the_purchases(
    model: PurchaseModel, history: tuple[float, float, float]
) -> None:
    falling, rising = silence_and_horizon(model, history)
    assert (np.diff(falling) <= 0).all()
    assert (np.diff(rising) >= -1e-9 * rising[-1]).all()


def silence_and_horizon(model: PurchaseModel, history: tuple[float, float, float]) -> tuple[Floats, Floats]:
    """P(active) ever later, and the purchases expected within ever longer horizons."""
    x, t_x, T = history
    same = np.full(20, x), np.full(20, t_x)
    ahead = model.expected_purchases(*same, np.full(20, T), np.linspace(0.1, 500, 20))
    return model.probability_active(*same, T + np.linspace(0, 500, 20)), ahead


@pytest.mark.parametrize("name", PURCHASE_MODELS)
def test_gradient_is_the_slope_of_the_likelihood(name: PurchaseModelName) -> None:
    at = np.log(np.array([0.5, 3.0, 1.2, 2.0]))

    def value(point: Floats) -> float:
        return PURCHASE_MODELS[name].log_likelihood(point, HISTORIES)[0]

    slope = approx_fprime(at, value, 1e-7)
    assert PURCHASE_MODELS[name].log_likelihood(at, HISTORIES)[1] == pytest.approx(slope, rel=1e-4)


@pytest.mark.parametrize("name", PURCHASE_MODELS)
@pytest.mark.parametrize("level", [0.9, 0.5, 0.1])
def test_the_age_of_a_probability_is_where_it_is_reached(name: PurchaseModelName, level: float) -> None:
    model = make_model(name, USUAL[name])
    x, t_x = np.array([0.0, 1.0, 3.0, 20.0]), np.array([0.0, 5.0, 20.0, 30.0])
    ages = model.weeks_until_probability(x, t_x, level)
    reached = np.isfinite(ages) & (ages >= t_x)
    assert reached[3]
    assert model.probability_active(x, t_x, ages)[reached] == pytest.approx(level)
    assert (model.probability_active(x, t_x, t_x)[~reached & np.isfinite(ages)] <= level).all()


@pytest.mark.parametrize("name", PURCHASE_MODELS)
def test_counts_add_up_and_have_the_expected_mean(name: PurchaseModelName) -> None:
    model, ages = make_model(name, USUAL[name]), np.array([1.0, 39.0])
    table = model.count_probabilities(ages, 400)
    assert table.sum(axis=1) == pytest.approx([1.0, 1.0])
    means = (table * np.arange(401)).sum(axis=1)
    assert means == pytest.approx(expected_purchases_of_new(model, ages), rel=1e-3)


@pytest.mark.parametrize("name", PURCHASE_MODELS)
def test_simulated_futures_average_to_the_expectation(name: PurchaseModelName) -> None:
    model, futures = make_model(name, USUAL[name]), 40_000
    x, t_x, T = np.array([0.0, 3.0]), np.array([0.0, 30.0]), np.array([20.0, 40.0])
    drawn = model.draw_futures(x, t_x, T, weeks=52.0, futures=futures, random=np.random.default_rng(1))
    counts = np.bincount(drawn.owner, minlength=2 * futures).reshape(2, futures)
    assert ((drawn.week >= 0) & (drawn.week <= 52)).all()
    assert counts.mean(axis=1) == pytest.approx(model.expected_purchases(x, t_x, T, one(52.0)), rel=0.04)


@pytest.mark.parametrize(
    ("x", "t_x", "T"), [(0.0, 0.0, 20.0), (2.0, 30.43, 38.86), (26.0, 30.0, 31.0), (3.0, 9.0, 9.0)]
)
def test_pareto_odds_are_the_integral_over_the_moment_of_leaving(x: float, t_x: float, T: float) -> None:
    model = ParetoNbd(0.553, 10.578, 0.606, 11.669)

    def left_at(tau: float) -> float:
        bought = ((model.alpha + T) / (model.alpha + tau)) ** (model.r + x)
        return float(bought * model.s / (model.beta + tau) * ((model.beta + T) / (model.beta + tau)) ** model.s)

    odds, _ = quad(left_at, t_x, T)
    assert model.probability_active(one(x), one(t_x), one(T))[0] == pytest.approx(1 / (1 + odds), rel=1e-9)


@pytest.mark.parametrize("s", [0.4, 1.0, 1 + 1e-12, 2.5])
def test_pareto_expectation_is_the_mean_over_the_remaining_life(s: float) -> None:
    model, x, t_x, T, weeks = ParetoNbd(0.6, 10.0, s, 12.0), one(2.0), one(30.0), one(39.0), 52.0

    def bought(mu: float) -> float:
        return float(-np.expm1(-mu * weeks) / mu * gamma.pdf(mu, s, scale=1 / (model.beta + T[0])))

    integral, _ = quad(bought, 0, 20, limit=500, points=[0.01, 0.1])
    expected = (model.r + 2) / (model.alpha + T[0]) * integral * model.probability_active(x, t_x, T)[0]
    assert model.expected_purchases(x, t_x, T, one(weeks))[0] == pytest.approx(expected, rel=1e-5)


def test_parameters_are_named() -> None:
    assert parameters_of(make_model("pareto_nbd", (1, 2, 3, 4))) == {"r": 1.0, "alpha": 2.0, "s": 3.0, "beta": 4.0}
