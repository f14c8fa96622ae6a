"""Which model of purchases to use: the reference, unless another fits clearly better and predicts no worse."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from services.scoring.lifetime.fitting import PurchaseFit
from services.scoring.lifetime.purchase_models import REFERENCE
from services.scoring.lifetime.purchasing import PurchaseModelName
from services.scoring.policies.policy import LifetimePolicy

Grounds = Literal["fixed", "reference", "better_fit", "better_fit_unchecked"]


@dataclass(frozen=True, slots=True)
class Choice:
    """`grounds`: fixed by the policy; the reference held; another fits better and predicts no worse; or fits better,
    where there is no hold-out period to check it on."""

    name: PurchaseModelName
    grounds: Grounds


def choose(
    fits: Sequence[PurchaseFit],
    hold_out_errors: Mapping[PurchaseModelName, float],
    policy: LifetimePolicy,
) -> Choice:
    """All models have four parameters, so that differences of BIC and of AIC are both twice those of log-likelihood.

    Another model takes the reference's place if its BIC is lower by the policy's `least_bic_gain` at least and its
    hold-out error, where there is one, is not higher. Of several the one with the lowest BIC.
    """
    if policy.model != "automatic":
        return Choice(policy.model, "fixed")
    by_name = {fit.model.name: fit for fit in fits}
    reference = by_name[REFERENCE]
    rivals = [
        fit
        for name, fit in by_name.items()
        if name != REFERENCE
        and reference.bic - fit.bic >= policy.least_bic_gain
        and hold_out_errors.get(name, 0.0) <= hold_out_errors.get(REFERENCE, 0.0)
    ]
    if not rivals:
        return Choice(REFERENCE, "reference")
    best = min(rivals, key=lambda fit: fit.bic).model.name
    return Choice(best, "better_fit" if hold_out_errors else "better_fit_unchecked")
