"""The check of a model on a period it has not seen: predicted against actual purchases per group, and how many outcomes
fall within the intervals that are to cover them."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from services.scoring.lifetime.expectation import tails_of
from services.scoring.lifetime.futures import Horizon, Patterns, simulate
from services.scoring.lifetime.gamma_gamma import GammaGamma
from services.scoring.lifetime.purchasing import Floats, PurchaseModel
from services.scoring.lifetime.splitting import SplitHistories
from services.scoring.policies.policy import LifetimePolicy

_GROUPS: Final = 8


@dataclass(frozen=True, slots=True)
class GroupPrediction:
    """Customers with so many `repeats` in the calibration period (the last group: that many or more), and the purchases
    they made in the hold-out period, in fact and by the model."""

    repeats: int
    customers: int
    actual: int
    expected: float


@dataclass(frozen=True, slots=True)
class HoldOut:
    """`group_error`: the differences of all groups without their signs, as a share of all actual purchases, None where
    there were none; `absolute_error`: of one customer's purchases, on average; `root_mean_square_error` likewise."""

    groups: tuple[GroupPrediction, ...]
    customers: int
    actual: int
    expected: float
    group_error: float | None
    absolute_error: float
    root_mean_square_error: float


@dataclass(frozen=True, slots=True)
class Coverage:
    """The share of `customers` whose outcome fell within its interval, which is to cover `interval` of the outcomes.

    Purchases are whole numbers, and so are the ends of their intervals: those cover more than asked for, at times much
    more, since for most customers a single number, none, is likelier than that already. `purchases_aimed` is what the
    model itself expects them to cover. `value` is None without a model of spend.
    """

    interval: float
    customers: int
    purchases: float
    purchases_aimed: float
    value: float | None
    value_aimed: float | None


def check_predictions(model: PurchaseModel, histories: SplitHistories) -> HoldOut:
    patterns, actual = histories.patterns, histories.purchases
    weeks = np.array([histories.split.weeks])
    expected = model.expected_purchases(patterns.x, patterns.t_x, patterns.T, weeks)
    group = np.minimum(patterns.x, _GROUPS - 1).astype(np.int64)
    customers = np.bincount(group, minlength=_GROUPS)
    happened = np.bincount(group, weights=actual, minlength=_GROUPS)
    predicted = np.bincount(group, weights=expected, minlength=_GROUPS)
    total, number = float(actual.sum()), max(histories.customers, 1)
    return HoldOut(
        groups=tuple(
            GroupPrediction(repeats, int(customers[repeats]), int(happened[repeats]), float(predicted[repeats]))
            for repeats in range(_GROUPS)
        ),
        customers=histories.customers,
        actual=int(total),
        expected=float(expected.sum()),
        group_error=float(np.abs(happened - predicted).sum()) / total if total else None,
        absolute_error=float(np.abs(actual - expected).sum()) / number,
        root_mean_square_error=float(np.sqrt(((actual - expected) ** 2).sum() / number)),
    )


def check_intervals(
    purchases: PurchaseModel, spend: GammaGamma | None, histories: SplitHistories, policy: LifetimePolicy
) -> Coverage | None:
    """Of as many customers as the policy allows, spread evenly over all; None where there are none."""
    if histories.customers == 0:
        return None
    most = min(policy.check_customers, histories.customers)
    chosen = np.unique(np.linspace(0, histories.customers - 1, most).astype(np.int64))
    full = histories.patterns
    patterns = Patterns(full.x[chosen], full.t_x[chosen], full.T[chosen], full.m[chosen])
    counted, valued = _Tally(policy.interval), _Tally(policy.interval)
    horizon = Horizon(histories.split.weeks, policy.discount_per_year)
    random = np.random.default_rng(policy.seed)
    start = 0
    for outcomes in simulate(purchases, spend, patterns, horizon, futures=policy.draws, random=random):
        rows = chosen[start : start + outcomes.counts.shape[0]]
        counted.add(outcomes.counts, histories.purchases[rows])
        if outcomes.values is not None:
            valued.add(outcomes.values, histories.value[rows])
        start += rows.size
    return Coverage(
        interval=policy.interval,
        customers=int(chosen.size),
        purchases=counted.share,
        purchases_aimed=counted.aimed,
        value=valued.share if spend is not None else None,
        value_aimed=valued.aimed if spend is not None else None,
    )


class _Tally:
    """Counts how many outcomes fell within the central interval of their futures, and how many futures do."""

    def __init__(self, interval: float) -> None:
        self._tails = tails_of(interval)
        self._customers = 0
        self._within = 0.0
        self._futures_within = 0.0

    def add(self, futures: Floats, actual: Floats) -> None:
        low, high = np.quantile(futures, self._tails, axis=1, method="inverted_cdf")
        self._customers += actual.size
        self._within += float(((low <= actual) & (actual <= high)).sum())
        inside = (low[:, None] <= futures) & (futures <= high[:, None])
        self._futures_within += float(inside.mean(axis=1).sum())

    @property
    def share(self) -> float:
        return self._within / max(self._customers, 1)

    @property
    def aimed(self) -> float:
        return self._futures_within / max(self._customers, 1)
