"""When there is nothing to fit, and that weights and order make no difference."""

import numpy as np
import pytest

from deploy.local.cdnow import CdnowPurchase
from services.scoring.lifetime.fitting import PurchaseFit, TooLittleData, fit_purchases, fit_spend
from services.scoring.lifetime.gamma_gamma import SpendHistories
from services.scoring.lifetime.histories import mean_margin, purchase_histories, spend_histories
from services.scoring.lifetime.purchasing import PurchaseHistories
from tests.support.factories.scoring import POLICY
from tests.unit.scoring.test_beta_geometric import calibration


def rows(*histories: tuple[int, int, int, int]) -> PurchaseHistories:
    return purchase_histories(histories)


@pytest.mark.parametrize(
    ("histories", "reason"),
    [
        (rows(), "too_few_customers"),
        (rows((0, 0, 100, 199)), "too_few_customers"),
        (rows((0, 0, 100, 1000), (1, 7, 100, 49)), "too_few_repeat_customers"),
        (rows((0, 0, 83, 1000), (1, 7, 83, 100)), "too_short_a_period"),
    ],
)
def test_too_little_data_is_an_answer(histories: PurchaseHistories, reason: str) -> None:
    fit = fit_purchases(histories, POLICY.lifetime)
    assert isinstance(fit, TooLittleData)
    assert fit.reason == reason
    assert fit.found < fit.needed


def test_too_few_repeats_give_no_spend_model() -> None:
    fit = fit_spend(spend_histories([(1, 100, 200, 0, 49)], 2), POLICY.lifetime)
    assert isinstance(fit, TooLittleData)


def test_identical_customers_may_be_counted_together(cdnow_purchases: list[CdnowPurchase]) -> None:
    single = calibration(cdnow_purchases)
    table = np.stack([single.x, single.t_x, single.T], axis=1)
    distinct, customers = np.unique(table, axis=0, return_counts=True)
    assert len(distinct) < len(table)
    x, t_x, T = distinct.T
    together = PurchaseHistories(x=x, t_x=t_x, T=T, weight=customers.astype(np.float64))
    alone, grouped = (fit_purchases(histories, POLICY.lifetime) for histories in (single, together))
    assert isinstance(alone, PurchaseFit)
    assert isinstance(grouped, PurchaseFit)
    assert grouped.customers == 2357
    assert grouped.model.as_array() == pytest.approx(alone.model.as_array(), rel=1e-4)
    assert grouped.log_likelihood == pytest.approx(alone.log_likelihood, abs=1e-6)


@pytest.mark.parametrize(
    "histories",
    [
        rows((0, 0, 200, 500), (1, 1, 200, 500)),
        rows((100, 300, 300, 1000), (99, 300, 301, 1000)),
        rows((0, 0, 300, 10_000), (1, 300, 300, 60)),
    ],
)
def test_strange_customers_still_give_finite_figures(histories: PurchaseHistories) -> None:
    fit = fit_purchases(histories, POLICY.lifetime)
    assert isinstance(fit, PurchaseFit)
    goodness = fit.goodness
    numbers = [*fit.model.as_array(), fit.log_likelihood, goodness.chi_square, *(b.expected for b in goodness.bins)]
    assert np.isfinite(numbers).all()


def test_identical_margins_still_give_finite_parameters() -> None:
    fit = fit_spend(SpendHistories(np.array([3.0]), np.array([25.0]), np.array([500.0])), POLICY.lifetime)
    assert not isinstance(fit, TooLittleData)
    assert np.isfinite([fit.model.p, fit.model.q, fit.model.gamma, fit.log_likelihood]).all()


def test_mean_margin_is_of_repeats_and_net_of_returns() -> None:
    figures = np.array([[2.0, 4_000, 10_000, 2_500], [0.0, 0, 3_000, 0], [1.0, -50, 100, 0], [1.0, 500, 800, 900]])
    x, repeat_margin, margin, returned = figures.T
    assert list(mean_margin(x, repeat_margin, margin, returned, 2)) == [15.0, 0.0, 0.0, 0.0]
