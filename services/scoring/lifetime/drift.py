"""Drift: whether customers have bought as the model in force expected of them when it was fitted."""

from dataclasses import dataclass

from services.scoring.lifetime.calibration import check_predictions
from services.scoring.lifetime.purchasing import PurchaseModel
from services.scoring.lifetime.splitting import SplitHistories
from services.scoring.policies.policy import LifetimePolicy


@dataclass(frozen=True, slots=True)
class Drift:
    """Of the customers that the model knew. `drifted`: the purchases differ from those expected by more than the policy
    tolerates, and enough were expected to tell."""

    customers: int
    actual: int
    expected: float
    drifted: bool


def judge_drift(model: PurchaseModel, since: SplitHistories, policy: LifetimePolicy) -> Drift:
    """`since` splits at the day that the model was fitted until."""
    seen = check_predictions(model, since)
    enough = seen.expected >= policy.drift_minimum_purchases
    away = abs(seen.actual - seen.expected) > policy.drift_tolerance * seen.expected
    return Drift(seen.customers, seen.actual, seen.expected, enough and away)
