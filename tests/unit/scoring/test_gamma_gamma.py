"""Gamma-Gamma against the published figures."""

from collections import defaultdict
from datetime import date

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.optimize import approx_fprime

from deploy.local.cdnow import CdnowPurchase
from services.scoring.lifetime import gamma_gamma
from services.scoring.lifetime.fitting import SpendFit, fit_spend
from services.scoring.lifetime.gamma_gamma import Floats, GammaGamma, SpendHistories
from tests.support.factories.scoring import POLICY
from tests.unit.scoring.test_beta_geometric import CALIBRATION_END

PUBLISHED = GammaGamma(p=6.25, q=3.74, gamma=15.44)


def repeat_buyers(purchases: list[CdnowPurchase], unit: float = 1.0) -> SpendHistories:
    spent: dict[int, dict[date, float]] = defaultdict(lambda: defaultdict(float))
    for purchase in purchases:
        if purchase.date <= CALIBRATION_END:
            spent[purchase.customer][purchase.date] += float(purchase.amount) * unit
    repeats = [[amount for _, amount in sorted(days.items())][1:] for days in spent.values() if len(days) > 1]
    return SpendHistories(
        x=np.array([float(len(amounts)) for amounts in repeats]),
        m=np.array([sum(amounts) / len(amounts) for amounts in repeats]),
        weight=np.ones(len(repeats)),
    )


def test_fit_agrees_with_the_published_parameters(cdnow_purchases: list[CdnowPurchase]) -> None:
    fit = fit_spend(repeat_buyers(cdnow_purchases), POLICY.lifetime)
    assert isinstance(fit, SpendFit)
    assert fit.customers == 946
    assert (fit.model.p, fit.model.q, fit.model.gamma) == pytest.approx((6.25, 3.74, 15.44), abs=0.005)


def test_fit_does_not_depend_on_the_currency_unit(cdnow_purchases: list[CdnowPurchase]) -> None:
    dollars = fit_spend(repeat_buyers(cdnow_purchases), POLICY.lifetime)
    others = fit_spend(repeat_buyers(cdnow_purchases, unit=710.0), POLICY.lifetime)
    assert isinstance(dollars, SpendFit)
    assert isinstance(others, SpendFit)
    assert others.model.gamma == pytest.approx(dollars.model.gamma * 710, rel=1e-6)
    assert others.log_likelihood == pytest.approx(dollars.log_likelihood - 946 * np.log(710), rel=1e-9)


def test_gradient_is_the_slope_of_the_likelihood(cdnow_purchases: list[CdnowPurchase]) -> None:
    rows, at = repeat_buyers(cdnow_purchases), np.array([1.0, 0.5, 2.0])

    def value(point: Floats) -> float:
        return gamma_gamma.log_likelihood(point, rows)[0]

    slope = approx_fprime(at, value, 1e-7)
    assert gamma_gamma.log_likelihood(at, rows)[1] == pytest.approx(slope, rel=1e-5)


def test_many_purchases_outweigh_the_population() -> None:
    x = np.array([0.0, 1.0, 10.0, 1000.0])
    means = gamma_gamma.expected_mean(PUBLISHED, x, np.full(4, 100.0))
    assert means[0] == pytest.approx(6.25 * 15.44 / 2.74)
    assert list(means) == sorted(means)
    assert means[-1] == pytest.approx(100.0, rel=0.01)


def test_posterior_means_average_to_the_expected_mean() -> None:
    ranks = (np.arange(200_000) + 0.5) / 200_000
    drawn = gamma_gamma.posterior_means(PUBLISHED, 4.0, 30.0, ranks)
    assert (np.diff(drawn) > 0).all()
    expected = gamma_gamma.expected_mean(PUBLISHED, np.array([4.0]), np.array([30.0]))[0]
    assert drawn.mean() == pytest.approx(expected, rel=1e-3)


def test_the_likelihood_is_a_density_of_the_mean() -> None:
    def density(m: float) -> float:
        rows = SpendHistories(np.array([3.0]), np.array([m]), np.array([1.0]))
        free = np.log(np.array([PUBLISHED.p, PUBLISHED.q - 1, PUBLISHED.gamma]))
        return float(np.exp(gamma_gamma.log_likelihood(free, rows)[0]))

    assert quad(density, 1e-9, np.inf)[0] == pytest.approx(1.0, abs=1e-6)
