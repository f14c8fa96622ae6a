"""Which model of purchases is used, and on what grounds."""

from dataclasses import replace

import pytest

from services.scoring.lifetime.fitting import PurchaseFit
from services.scoring.lifetime.goodness import GoodnessOfFit
from services.scoring.lifetime.purchase_models import make_model
from services.scoring.lifetime.purchasing import PurchaseModelName
from services.scoring.lifetime.selection import Choice, choose
from tests.support.factories.scoring import POLICY

AUTOMATIC = replace(POLICY.lifetime, model="automatic", least_bic_gain=10)


def fitted(name: PurchaseModelName, log_likelihood: float) -> PurchaseFit:
    return PurchaseFit(make_model(name, (1, 1, 1, 1)), log_likelihood, 500, 200, None, GoodnessOfFit((), 0, 0, None))


FITS = [fitted("bg_nbd", -100.0), fitted("mbg_nbd", -96.0), fitted("pareto_nbd", -90.0)]


@pytest.mark.parametrize(
    ("errors", "choice"),
    [
        ({}, Choice("pareto_nbd", "better_fit_unchecked")),
        ({"bg_nbd": 0.2, "mbg_nbd": 0.1, "pareto_nbd": 0.2}, Choice("pareto_nbd", "better_fit")),
        ({"bg_nbd": 0.2, "mbg_nbd": 0.1, "pareto_nbd": 0.3}, Choice("bg_nbd", "reference")),
    ],
)
def test_another_model_must_fit_clearly_better_and_predict_no_worse(
    errors: dict[PurchaseModelName, float], choice: Choice
) -> None:
    """MBG/NBD predicts best, yet its BIC is only 8 lower."""
    assert choose(FITS, errors, AUTOMATIC) == choice


def test_of_several_the_best_fit_wins() -> None:
    assert choose(FITS, {}, replace(AUTOMATIC, least_bic_gain=5)) == Choice("pareto_nbd", "better_fit_unchecked")
    assert choose(FITS, {}, replace(AUTOMATIC, least_bic_gain=21)) == Choice("bg_nbd", "reference")


def test_the_policy_may_fix_the_model() -> None:
    assert choose(FITS, {}, replace(AUTOMATIC, model="mbg_nbd")) == Choice("mbg_nbd", "fixed")
