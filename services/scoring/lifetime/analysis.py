"""All models on one set of histories: each fitted, each checked on the hold-out period, one of them chosen."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from services.scoring.lifetime.calibration import Coverage, HoldOut, check_intervals, check_predictions
from services.scoring.lifetime.expectation import LifetimeModel, expect
from services.scoring.lifetime.fitting import PurchaseFit, SpendFit, TooLittleData, fit_purchases, fit_spend, too_little
from services.scoring.lifetime.purchase_models import PURCHASE_MODELS
from services.scoring.lifetime.purchasing import PurchaseModelName
from services.scoring.lifetime.selection import Choice, choose
from services.scoring.lifetime.splitting import SplitHistories
from services.scoring.policies.policy import LifetimePolicy

Progress = Callable[[str, float], None]
"""Told the phase that begins and the share of all work that is done."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A model fitted to the calibration period; without a hold-out period there is no `hold_out`."""

    fit: PurchaseFit
    hold_out: HoldOut | None


@dataclass(frozen=True, slots=True)
class Outlook:
    """What all customers together are expected to bring within the policy's horizon after the calibration period, as
    present value, in major units; None without a model of spend."""

    customers: int
    purchases: float
    value: float | None


@dataclass(frozen=True, slots=True)
class Analysis:
    candidates: tuple[Candidate, ...]
    choice: Choice
    spend: SpendFit | TooLittleData
    coverage: Coverage | None
    outlook: Outlook

    @property
    def chosen(self) -> Candidate:
        return next(one for one in self.candidates if one.fit.model.name == self.choice.name)


def analyse(histories: SplitHistories, policy: LifetimePolicy, progress: Progress) -> Analysis | TooLittleData:
    lacking = too_little(histories.purchase_histories(), policy)
    if lacking is not None:
        return lacking
    candidates = tuple(fit_candidates(histories, policy, tuple(PURCHASE_MODELS), progress))
    choice = choose([one.fit for one in candidates], hold_out_errors(candidates), policy)
    progress("fitting gamma_gamma", 0.6)
    spend = fit_spend(histories.spend_histories(), policy)
    model = next(one.fit.model for one in candidates if one.fit.model.name == choice.name)
    amounts = spend.model if isinstance(spend, SpendFit) else None
    progress("checking intervals", 0.7)
    coverage = None
    if histories.split.weeks > 0:
        coverage = check_intervals(model, amounts, histories, policy)
    progress("looking ahead", 0.95)
    expected = expect(LifetimeModel(0, model, amounts, None), histories.patterns, policy)
    value = None if expected.value_by_year is None else float(expected.value_by_year.sum())
    outlook = Outlook(histories.customers, float(np.sum(expected.purchases)), value)
    progress("done", 1.0)
    return Analysis(candidates, choice, spend, coverage, outlook)


def fit_candidates(
    histories: SplitHistories, policy: LifetimePolicy, names: Sequence[PurchaseModelName], progress: Progress
) -> Iterator[Candidate]:
    """Fits to data that suffice for one model suffice for each."""
    rows = histories.purchase_histories()
    for place, name in enumerate(names):
        progress(f"fitting {name}", 0.6 * place / len(names))
        fit = fit_purchases(rows, policy, name)
        if isinstance(fit, PurchaseFit):
            checked = check_predictions(fit.model, histories) if histories.split.weeks > 0 else None
            yield Candidate(fit, checked)


def hold_out_errors(candidates: Sequence[Candidate]) -> dict[PurchaseModelName, float]:
    """Of those that a hold-out period with purchases has checked."""
    return {
        one.fit.model.name: one.hold_out.group_error
        for one in candidates
        if one.hold_out is not None and one.hold_out.group_error is not None
    }
