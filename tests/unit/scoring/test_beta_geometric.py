"""BG/NBD against the paper's figures, its own integral, and the corners of its parameter space."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.optimize import approx_fprime
from scipy.stats import beta

from deploy.local.cdnow import CdnowPurchase
from services.scoring.lifetime.beta_geometric import BgNbd
from services.scoring.lifetime.purchasing import Floats, PurchaseHistories, expected_purchases_of_new

CALIBRATION_END = date(1997, 9, 30)
PUBLISHED = BgNbd(r=0.243, alpha=4.414, a=0.793, b=2.426)


def one(number: float) -> Floats:
    return np.array([number])


def days_of(purchases: Sequence[CdnowPurchase]) -> dict[int, list[date]]:
    found: dict[int, set[date]] = defaultdict(set)
    for purchase in purchases:
        found[purchase.customer].add(purchase.date)
    return {customer: sorted(days) for customer, days in found.items()}


def calibration(purchases: Sequence[CdnowPurchase]) -> PurchaseHistories:
    customers = [[day for day in days if day <= CALIBRATION_END] for _, days in sorted(days_of(purchases).items())]
    return PurchaseHistories(
        x=np.array([len(days) - 1.0 for days in customers]),
        t_x=np.array([(days[-1] - days[0]).days / 7 for days in customers]),
        T=np.array([(CALIBRATION_END - days[0]).days / 7 for days in customers]),
        weight=np.ones(len(customers)),
    )


def test_gradient_is_the_slope_of_the_likelihood(cdnow_purchases: list[CdnowPurchase]) -> None:
    rows = calibration(cdnow_purchases)
    at = np.log(np.array([0.5, 3.0, 1.2, 2.0]))

    def value(point: Floats) -> float:
        return BgNbd.log_likelihood(point, rows)[0]

    slope = approx_fprime(at, value, 1e-7)
    assert BgNbd.log_likelihood(at, rows)[1] == pytest.approx(slope, rel=1e-5)


@pytest.mark.parametrize(
    ("x", "t_x", "T"), [(0.0, 0.0, 20.0), (1.0, 3.0, 30.0), (2.0, 30.43, 38.86), (26.0, 30.0, 31.0)]
)
@pytest.mark.parametrize("model", [PUBLISHED, BgNbd(0.9, 10.0, 1.0, 1.5), BgNbd(2.0, 5.0, 1.7, 4.0)])
def test_expected_purchases_are_the_posterior_mean(model: BgNbd, x: float, t_x: float, T: float) -> None:
    """Against the integral over p that the closed form comes from."""
    horizon = 39.0

    def if_active(p: float) -> float:
        """Over lambda the integral is elementary."""
        bought = -np.expm1(-(model.r + x) * np.log1p(p * horizon / (model.alpha + T))) / p
        return float(bought * beta.pdf(p, model.a, model.b + x))

    integral, _ = quad(if_active, 0, 1, limit=500)
    active = model.probability_active(one(x), one(t_x), one(T))[0]
    expected = model.expected_purchases(one(x), one(t_x), one(T), one(horizon))[0]
    assert expected == pytest.approx(integral * active, rel=1e-6)


@pytest.mark.parametrize("x", [0.0, 1.0, 50.0, 1000.0])
@pytest.mark.parametrize("T", [0.0, 1.0, 2000.0])
@pytest.mark.parametrize(
    "model", [PUBLISHED, BgNbd(1e-3, 1e-3, 1e-3, 1e-3), BgNbd(8000.0, 8000.0, 8000.0, 8000.0), BgNbd(1, 1, 1, 1)]
)
def test_nothing_overflows(model: BgNbd, x: float, T: float) -> None:
    t_x = T if x else 0.0
    probability = model.probability_active(one(x), one(t_x), one(T))
    purchases = model.expected_purchases(one(x), one(t_x), one(T), one(156.0))
    rows = PurchaseHistories(one(x), one(t_x), one(T), one(1.0))
    value, gradient = BgNbd.log_likelihood(np.log(model.as_array()), rows)
    assert np.isfinite([*probability, *purchases, value, *gradient]).all()
    assert 0 <= probability[0] <= 1
    assert purchases[0] >= 0


def test_silence_lowers_the_probability_of_being_active() -> None:
    ages = np.linspace(20.0, 200.0, 50)
    probabilities = PUBLISHED.probability_active(np.full(50, 3.0), np.full(50, 20.0), ages)
    assert (np.diff(probabilities) < 0).all()


def test_the_age_of_a_probability_is_where_it_is_reached() -> None:
    x, t_x = np.array([1.0, 3.0, 20.0]), np.array([5.0, 20.0, 30.0])
    ages = PUBLISHED.weeks_until_probability(x, t_x, 0.25)
    assert PUBLISHED.probability_active(x, t_x, ages) == pytest.approx([0.25] * 3)
    assert np.isinf(PUBLISHED.weeks_until_probability(one(0.0), one(0.0), 0.25)[0])


def test_count_probabilities_add_up_and_have_the_expected_mean() -> None:
    ages = np.array([1.0, 39.0])
    table = PUBLISHED.count_probabilities(ages, 400)
    assert table.sum(axis=1) == pytest.approx([1.0, 1.0])
    means = (table * np.arange(401)).sum(axis=1)
    assert means == pytest.approx(expected_purchases_of_new(PUBLISHED, ages), rel=1e-3)


def test_where_scipy_gives_up_the_series_continues_it() -> None:
    """For busy customers of a model this extreme, the expectation grows smoothly with what scipy can and cannot do."""
    extreme = BgNbd(1e-3, 1e-3, 1e-3, 1e-3)
    x = np.linspace(20.0, 1000.0, 50)
    expected = extreme.expected_purchases(x, np.ones(50), np.ones(50), one(156.0))
    growth = np.diff(expected) / np.diff(x)
    assert growth == pytest.approx(np.full(49, growth[0]), rel=0.05)
