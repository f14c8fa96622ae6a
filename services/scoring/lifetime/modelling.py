"""A model for the service: every model fitted to all that is known, and judged by how it would have predicted its last
part."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from services.scoring.lifetime.analysis import Candidate, Progress, fit_candidates, hold_out_errors
from services.scoring.lifetime.calibration import Coverage, check_intervals
from services.scoring.lifetime.fitting import PurchaseFit, SpendFit, TooLittleData, fit_purchases, fit_spend, too_little
from services.scoring.lifetime.gamma_gamma import SpendHistories
from services.scoring.lifetime.histories import DAYS_PER_WEEK
from services.scoring.lifetime.purchase_models import PURCHASE_MODELS
from services.scoring.lifetime.purchasing import PurchaseHistories
from services.scoring.lifetime.selection import Grounds, choose
from services.scoring.lifetime.splitting import Split, SplitHistories
from services.scoring.policies.policy import LifetimePolicy

_NAMES: Final = tuple(PURCHASE_MODELS)


@dataclass(frozen=True, slots=True)
class Histories:
    """`held_out`: a sample of the customers, as they were before the hold-out period; None where there is none.
    `segments`: the same of customers who are equal in what the policy names."""

    purchases: PurchaseHistories
    spending: SpendHistories
    held_out: SplitHistories | None
    segments: Mapping[str, "Histories"] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Check:
    """The candidates fitted to the calibration period, and the coverage of the chosen one's intervals after it."""

    split: Split
    candidates: tuple[Candidate, ...]
    coverage: Coverage | None


@dataclass(frozen=True, slots=True)
class Fit:
    """`candidates` are fits to all that is known, `purchases` the chosen one of them. `spending` may be too little
    where `purchases` suffice: amounts are then left out, or in a segment those of everybody. `segments` are fits of
    their own, and `lacking` says of which segments too little is known."""

    purchases: PurchaseFit
    grounds: Grounds
    candidates: tuple[PurchaseFit, ...]
    spending: SpendFit | TooLittleData
    check: Check | None
    segments: Mapping[str, "Fit"] = field(default_factory=dict)
    lacking: Mapping[str, TooLittleData] = field(default_factory=dict)


def hold_out(first_day: int | None, until_day: int, policy: LifetimePolicy) -> Split | None:
    """None where either period would be shorter than a model needs."""
    if first_day is None:
        return None
    held_out = int((until_day - first_day) * policy.hold_out_share)
    shortest = policy.minimum_weeks * DAYS_PER_WEEK
    if held_out < max(shortest, 1) or until_day - held_out - first_day < shortest:
        return None
    return Split(until_day - held_out, until_day)


def fit_histories(histories: Histories, policy: LifetimePolicy, progress: Progress) -> Fit | TooLittleData:
    """Seconds to minutes of processor time for millions of customers: to be called in a process of its own."""
    parts = 1 + len(histories.segments)
    everybody = _fit(histories, policy, _portion_of(progress, 0, parts))
    if isinstance(everybody, TooLittleData):
        return everybody
    least = max(policy.minimum_customers, policy.segment_minimum_customers)
    stricter = replace(policy, minimum_customers=least)
    fits: dict[str, Fit] = {}
    lacking: dict[str, TooLittleData] = {}
    for place, (name, segment) in enumerate(sorted(histories.segments.items()), start=1):
        found = _fit_segment(segment, histories, everybody, stricter, _portion_of(progress, place, parts, name))
        if isinstance(found, TooLittleData):
            lacking[name] = found
        elif isinstance(found.spending, TooLittleData):
            fits[name] = replace(found, spending=everybody.spending)
        else:
            fits[name] = found
    return replace(everybody, segments=fits, lacking=lacking)


def _fit_segment(
    segment: Histories, histories: Histories, everybody: Fit, policy: LifetimePolicy, progress: Progress
) -> Fit | TooLittleData:
    """A segment that everybody is in has everybody's fit: the same data would be worked on twice."""
    if _customers(segment) == _customers(histories):
        return too_little(segment.purchases, policy) or everybody
    return _fit(segment, policy, progress)


def _customers(histories: Histories) -> tuple[int, int | None]:
    return histories.purchases.customers, None if histories.held_out is None else histories.held_out.customers


def _portion_of(progress: Progress, place: int, parts: int, segment: str | None = None) -> Progress:
    """Tells what one of several fits does as part of the whole."""

    def told(phase: str, share: float) -> None:
        progress(phase if segment is None else f"{segment}: {phase}", (place + share) / parts)

    return told


def _fit(histories: Histories, policy: LifetimePolicy, progress: Progress) -> Fit | TooLittleData:
    lacking = too_little(histories.purchases, policy)
    if lacking is not None:
        return lacking
    checked = _check_candidates(histories.held_out, policy, progress)
    fits = tuple(_fits(histories.purchases, policy, progress))
    choice = choose(fits, hold_out_errors(checked), policy)
    chosen = next(fit for fit in fits if fit.model.name == choice.name)
    progress("checking intervals", 0.85)
    check = None
    if histories.held_out is not None and checked:
        calibrated = next(one for one in checked if one.fit.model.name == choice.name)
        spend = fit_spend(histories.held_out.spend_histories(), policy)
        amounts = spend.model if isinstance(spend, SpendFit) else None
        coverage = check_intervals(calibrated.fit.model, amounts, histories.held_out, policy)
        check = Check(histories.held_out.split, checked, coverage)
    return Fit(chosen, choice.grounds, fits, fit_spend(histories.spending, policy), check)


def _check_candidates(
    held_out: SplitHistories | None, policy: LifetimePolicy, progress: Progress
) -> tuple[Candidate, ...]:
    """None are checked where the calibration period alone does not suffice for a model."""
    if held_out is None or too_little(held_out.purchase_histories(), policy) is not None:
        return ()

    def told(phase: str, share: float) -> None:
        progress(f"calibration, {phase}", share / 2)

    return tuple(fit_candidates(held_out, policy, _NAMES, told))


def _fits(rows: PurchaseHistories, policy: LifetimePolicy, progress: Progress) -> list[PurchaseFit]:
    fits = []
    for place, name in enumerate(_NAMES):
        progress(f"fitting {name}", 0.35 + 0.5 * place / len(_NAMES))
        fit = fit_purchases(rows, policy, name)
        if isinstance(fit, PurchaseFit):
            fits.append(fit)
    return fits
