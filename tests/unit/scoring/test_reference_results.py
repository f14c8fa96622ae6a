"""The figures that the literature reports for CDNOW, 39 weeks to calibrate and 39 to check.

Parameters and log-likelihoods: Fader, Hardie, Lee 2005 (BG/NBD and Pareto/NBD, table 2 and section 4), Hoppe, Wagner
2007 (CBG/NBD, which is MBG/NBD), Fader, Hardie 2005 (Gamma-Gamma). Conditional expectations per calibration group:
McCarthy, Wadsworth 2014, "Buy 'Til You Die - A Walkthrough" (Pareto/NBD, and the actual numbers), and the CDNOW
demonstration of Platzer's package BTYDplus (BG/NBD and CBG/NBD, groups 0 to 5).
"""

import numpy as np
import pytest

from services.scoring.lifetime.calibration import check_intervals, check_predictions
from services.scoring.lifetime.fitting import PurchaseFit, SpendFit, fit_purchases, fit_spend
from services.scoring.lifetime.purchase_models import make_model
from services.scoring.lifetime.purchasing import PurchaseModelName
from services.scoring.lifetime.splitting import SplitHistories
from tests.support.factories.scoring import POLICY

ACTUAL = (0.237, 0.697, 1.393, 1.560, 2.532, 2.947, 3.862, 6.359)
CUSTOMERS = (1411, 439, 214, 100, 62, 38, 29, 64)
PARAMETERS: dict[PurchaseModelName, tuple[float, ...]] = {
    "bg_nbd": (0.243, 4.414, 0.793, 2.426),
    "mbg_nbd": (0.525, 6.183, 0.891, 1.614),
    "pareto_nbd": (0.553, 10.578, 0.606, 11.669),
}


@pytest.mark.parametrize(
    ("name", "log_likelihood", "precision"),
    [("bg_nbd", -9582.4, 0.05), ("mbg_nbd", -9582.1, 0.05), ("pareto_nbd", -9595.0, 0.05)],
)
def test_parameters_and_likelihood_are_the_published_ones(
    cdnow_histories: SplitHistories, name: PurchaseModelName, log_likelihood: float, precision: float
) -> None:
    fit = fit_purchases(cdnow_histories.purchase_histories(), POLICY.lifetime, name)
    assert isinstance(fit, PurchaseFit)
    assert fit.model.as_array() == pytest.approx(PARAMETERS[name], abs=6e-4)
    assert fit.log_likelihood == pytest.approx(log_likelihood, abs=precision)
    assert (fit.customers, fit.repeat_customers) == (2357, 946)
    assert fit.bic == pytest.approx(4 * np.log(2357) - 2 * log_likelihood, abs=2 * precision)
    assert fit.aic == pytest.approx(8 - 2 * log_likelihood, abs=2 * precision)
    assert fit.covariance is not None


def test_the_paper_compares_the_fit_of_both_models(cdnow_histories: SplitHistories) -> None:
    """Table 2: chi-square 4.82 for BG/NBD and 11.99 for Pareto/NBD."""
    rows = cdnow_histories.purchase_histories()
    fits = [fit_purchases(rows, POLICY.lifetime, name) for name in ("bg_nbd", "pareto_nbd")]
    found = [fit.goodness.chi_square for fit in fits if isinstance(fit, PurchaseFit)]
    assert found == pytest.approx([4.82, 11.99], abs=0.01)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("pareto_nbd", (0.138, 0.600, 1.196, 1.714, 2.399, 2.907, 3.819, 6.403)),
        ("bg_nbd", (0.23, 0.52, 1.04, 1.52, 2.16, 2.65)),
        ("mbg_nbd", (0.19, 0.55, 1.05, 1.49, 2.10, 2.56)),
    ],
)
def test_expected_purchases_per_group_are_the_published_ones(
    cdnow_histories: SplitHistories, name: PurchaseModelName, expected: tuple[float, ...]
) -> None:
    checked = check_predictions(make_model(name, PARAMETERS[name]), cdnow_histories)
    assert tuple(group.customers for group in checked.groups) == CUSTOMERS
    assert [group.actual / group.customers for group in checked.groups] == pytest.approx(ACTUAL, abs=6e-4)
    each = [group.expected / group.customers for group in checked.groups]
    assert each[: len(expected)] == pytest.approx(expected, abs=0.006)
    assert (checked.actual, checked.customers) == (1882, 2357)


def test_spend_parameters_are_the_published_ones(cdnow_histories: SplitHistories) -> None:
    fit = fit_spend(cdnow_histories.spend_histories(), POLICY.lifetime)
    assert isinstance(fit, SpendFit)
    assert (fit.model.p, fit.model.q, fit.model.gamma) == pytest.approx((6.25, 3.74, 15.44), abs=0.005)
    assert fit.customers == 946


@pytest.mark.parametrize("name", PARAMETERS)
def test_intervals_cover_what_they_are_to_cover(cdnow_histories: SplitHistories, name: PurchaseModelName) -> None:
    """Whole numbers make them wider than asked for; what counts is that as much lies within as the model means to."""
    spend = fit_spend(cdnow_histories.spend_histories(), POLICY.lifetime)
    assert isinstance(spend, SpendFit)
    model = make_model(name, PARAMETERS[name])
    covered = check_intervals(model, spend.model, cdnow_histories, POLICY.lifetime)
    assert covered is not None
    assert covered.interval == 0.8
    assert covered.value is not None
    assert covered.value_aimed is not None
    assert covered.purchases_aimed > 0.8
    assert covered.purchases == pytest.approx(covered.purchases_aimed, abs=0.05)
    assert covered.value == pytest.approx(covered.value_aimed, abs=0.05)
    assert 0.8 < covered.value < 0.95
