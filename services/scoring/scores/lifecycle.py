"""Whether a customer is still active, and the stage of the relationship (S3: 考察期, 形成期, 稳定期, 退化期)."""

from typing import Literal

from msgspec import Struct

from services.scoring.facts.fact import FactKind
from services.scoring.facts.statistics import Statistics
from services.scoring.policies.policy import LifecyclePolicy
from services.scoring.scores.reason import Reason

Stage = Literal["exploration", "formation", "stability", "decline"]
Basis = Literal["no_purchase", "dormant", "model", "rhythm"]


class Activity(Struct, frozen=True, gc=False):
    """`basis` says what decided: too long a silence, the model's probability, or (without a model) the own rhythm."""

    active: bool
    basis: Basis
    tenure_days: int
    silence_days: int


def judge_activity(statistics: Statistics, probability: float | None, policy: LifecyclePolicy, today: int) -> Activity:
    """`probability` of being active by the model, where there is one."""
    if statistics.first_day is None or statistics.last_day is None:
        return Activity(False, "no_purchase", 0, 0)
    tenure, silence = today - statistics.first_day, today - statistics.last_day
    if silence > policy.dormant_after_days:
        return Activity(False, "dormant", tenure, silence)
    if probability is not None:
        return Activity(probability >= policy.active_probability, "model", tenure, silence)
    return Activity(silence <= _patience(statistics, policy), "rhythm", tenure, silence)


def judge_stage(statistics: Statistics, activity: Activity, policy: LifecyclePolicy) -> Stage:
    bought = len(statistics.purchase_days)
    if bought == 0:
        return "exploration"
    if not activity.active:
        return "decline"
    if bought >= policy.stability_purchase_days and activity.tenure_days >= policy.stability_tenure_days:
        return "stability"
    return "formation" if bought >= policy.formation_purchase_days else "exploration"


def explain_stage(statistics: Statistics, activity: Activity, stage: Stage, probability: float | None) -> Reason:
    evidence: dict[str, int | float | str] = {
        "purchase_days": len(statistics.purchase_days),
        "tenure_days": activity.tenure_days,
        "silence_days": activity.silence_days,
        "basis": activity.basis,
    }
    if probability is not None:
        evidence["probability_active"] = round(probability, 4)
    rule = "stage_no_purchase" if activity.basis == "no_purchase" else f"stage_{stage}"
    return Reason(rule, None, evidence, (FactKind.PURCHASE,))


def stage_change_days(statistics: Statistics, policy: LifecyclePolicy, *, by_rhythm: bool) -> tuple[int, ...]:
    """Local days on which activity or stage may change by time alone; the model's own days are not among them."""
    first, last = statistics.first_day, statistics.last_day
    if first is None or last is None:
        return ()
    days = (last + policy.dormant_after_days + 1, first + policy.stability_tenure_days)
    return (*days, last + _patience(statistics, policy) + 1) if by_rhythm else days


def _patience(statistics: Statistics, policy: LifecyclePolicy) -> int:
    """Days of silence that the customer's own rhythm allows; a single purchase has none, so dormancy alone counts."""
    days = statistics.purchase_days
    if len(days) < 2:
        return policy.dormant_after_days
    return policy.rhythm_factor * (days[-1].day - days[0].day) // (len(days) - 1)
