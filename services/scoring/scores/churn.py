"""The risk that a customer leaves, 0 to 100 in tenths, as the sum of what speaks for it (S2)."""

from bisect import bisect_right
from collections.abc import Mapping
from datetime import datetime

from msgspec import Struct

from services.scoring.facts.cases import Case
from services.scoring.facts.circumstances import NOTHING
from services.scoring.facts.fact import FactKind
from services.scoring.facts.measures import Measures
from services.scoring.facts.statistics import Statistics
from services.scoring.policies.policy import ChurnPolicy, SatisfactionPolicy
from services.scoring.policies.policy.churn import FrequencyPolicy
from services.scoring.scores.lifecycle import Activity
from services.scoring.scores.lookahead import next_change
from services.scoring.scores.reason import Reason, total
from services.scoring.scores.satisfaction import CASE_FACTS, FULL, is_open, state_of
from services.scoring.scores.warnings import list_warnings


class Churn(Struct, frozen=True):
    """`reasons` add up to `tenths`."""

    tenths: int
    reasons: tuple[Reason, ...] = ()

    @property
    def rules(self) -> tuple[str, ...]:
        """What speaks for it, the weightiest first."""
        ranked = sorted(self.reasons, key=lambda reason: (-(reason.amount or 0), reason.rule))
        return tuple(reason.rule for reason in ranked if (reason.amount or 0) > 0)


def judge_churn(
    statistics: Statistics,
    activity: Activity,
    probability: float | None,
    policies: tuple[ChurnPolicy, SatisfactionPolicy],
    measures: Measures,
    moment: tuple[datetime, int],
) -> Churn | None:
    """None for who has never bought: nothing can be lost that was not won. `moment` is the instant and its day."""
    if not statistics.purchase_days:
        return None
    policy, satisfaction = policies
    as_of, today = moment
    reasons = [
        reason
        for reason in (
            _silence(statistics, activity, probability, policy),
            _frequency(statistics, policy.frequency, today),
            _complaint(statistics, policy, satisfaction, as_of),
        )
        if reason is not None
    ]
    if statistics.more is not NOTHING:
        reasons += list_warnings(statistics, policy, measures, today)
    raw = total(tuple(reasons))
    if raw > FULL:
        reasons.append(Reason("churn_bounds", FULL - raw, {"unbounded": raw / 10}))
    return Churn(min(raw, FULL), tuple(reasons))


def churn_change_days(statistics: Statistics, policy: ChurnPolicy, today: int, *, by_rhythm: bool) -> list[int]:
    """Local days on which the risk may change by time alone; the model's own days, the end of a dormancy's patience
    and the instants of complaints are not among them."""
    days = []
    if by_rhythm and len(statistics.purchase_days) > 1:
        last = statistics.purchase_days[-1].day
        days += [last + _allowed(statistics, band.gaps) + 1 for band in policy.rhythm]
    changed = _frequency_change(statistics, policy.frequency, today)
    return days if changed is None else [*days, changed]


def _silence(
    statistics: Statistics, activity: Activity, probability: float | None, policy: ChurnPolicy
) -> Reason | None:
    evidence: dict[str, int | float] = {"silence_days": activity.silence_days}
    if activity.basis == "dormant":
        return _reason("silence_dormant", policy.dormant_points, evidence, FactKind.PURCHASE)
    if probability is not None:
        points = max((band.points for band in policy.silence if probability < band.below), default=0)
        evidence["probability_active"] = round(probability, 4)
        return _reason("silence_model", points, evidence, FactKind.PURCHASE)
    if len(statistics.purchase_days) < 2:
        return None
    passed = [band for band in policy.rhythm if activity.silence_days > _allowed(statistics, band.gaps)]
    points = max((band.points for band in passed), default=0)
    evidence["gap_days"] = _allowed(statistics, 1)
    return _reason("silence_rhythm", points, evidence, FactKind.PURCHASE)


def _allowed(statistics: Statistics, gaps: int) -> int:
    """Days of silence within so many of the own mean gaps, of a customer with two purchase days or more."""
    days = statistics.purchase_days
    return gaps * (days[-1].day - days[0].day) // (len(days) - 1)


def _frequency(statistics: Statistics, policy: FrequencyPolicy, today: int) -> Reason | None:
    recent, usual = _rates(statistics, policy, today)
    if usual < policy.minimum_purchase_days:
        return None
    evidence = {
        "recent": recent,
        "recent_days": policy.recent_days,
        "usual": usual,
        "usual_days": policy.usual_days,
    }
    return _reason("frequency_down", _fall_points(recent, usual, policy), evidence, FactKind.PURCHASE)


def _rates(statistics: Statistics, policy: FrequencyPolicy, today: int) -> tuple[int, int]:
    """Purchase days of the recent days, and of the usual days before them."""
    recent = statistics.purchase_days_since(today - policy.recent_days + 1)
    both = statistics.purchase_days_since(today - policy.recent_days - policy.usual_days + 1)
    return recent, both - recent


def _fall_points(recent: int, usual: int, policy: FrequencyPolicy) -> int:
    found, expected = recent * policy.usual_days * 100, usual * policy.recent_days
    return max((band.points for band in policy.bands if found <= (100 - band.percent) * expected), default=0)


def _frequency_change(statistics: Statistics, policy: FrequencyPolicy, today: int) -> int | None:
    days = statistics.purchase_days
    reach = policy.recent_days + policy.usual_days
    first = bisect_right(days, today - reach, key=lambda entry: entry.day)
    within = [entry.day for entry in days[first:]]
    if len(within) < policy.minimum_purchase_days:
        return None

    def judge(day: int) -> int:
        recent, usual = _rates(statistics, policy, day)
        return 0 if usual < policy.minimum_purchase_days else _fall_points(recent, usual, policy)

    leaving = (day + after for day in within for after in (policy.recent_days, reach))
    return next_change(leaving, judge, today)


def _complaint(
    statistics: Statistics, policy: ChurnPolicy, satisfaction: SatisfactionPolicy, as_of: datetime
) -> Reason | None:
    worst: tuple[int, Case, str] | None = None
    for case in statistics.cases:
        if is_open(case):
            state = state_of(case, satisfaction, as_of)
            points = policy.complaint_points[state]
            if worst is None or points > worst[0]:
                worst = points, case, state
    if worst is None:
        return None
    points, case, state = worst
    evidence = {"case": case.case, "state": state}
    return Reason("complaint_pending", 10 * points, evidence, CASE_FACTS, (case.source, case.case)) if points else None


def _reason(rule: str, points: int, evidence: Mapping[str, int | float], *facts: FactKind) -> Reason | None:
    return Reason(rule, 10 * points, evidence, facts) if points else None
