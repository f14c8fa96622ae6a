"""Loyalty: a score of drivers weighted by stage, and the ladder of levels (S3), each step with its evidence."""

from collections.abc import Sequence
from typing import Literal, cast

from msgspec import Struct

from services.scoring.facts.fact import FactKind, Instrument
from services.scoring.facts.measures import divide
from services.scoring.facts.statistics import Statistics
from services.scoring.policies.policy import DRIVERS, LevelCriteria, LoyaltyPolicy
from services.scoring.scores.lifecycle import Activity, Stage
from services.scoring.scores.reason import Reason
from services.scoring.scores.satisfaction import FULL, Satisfaction

Level = Literal["none", "satisfied", "trusting", "behaviourally_loyal", "attitudinally_loyal", "sustainably_loyal"]


class Standing(Struct, frozen=True):
    """What the ladder looks at."""

    satisfaction: Satisfaction
    activity: Activity
    purchase_days: int
    advocacy: int


def standing_of(
    statistics: Statistics, satisfaction: Satisfaction, activity: Activity, policy: LoyaltyPolicy
) -> Standing:
    """Advocacy counts referrals, NPS answers of promoters, and public praise."""
    promoters = (
        entry.answers
        for entry in statistics.surveys
        if entry.instrument != Instrument.CSAT and entry.points >= policy.promoter_from
    )
    return Standing(satisfaction, activity, len(statistics.purchase_days), statistics.referrals + sum(promoters))


def judge_level(standing: Standing, policy: LoyaltyPolicy) -> Level:
    """The highest step reached without leaving one out."""
    reached: Level = "none"
    for name, criteria in policy.levels.items():
        if not _meets(standing, criteria):
            break
        reached = cast(Level, name)
    return reached


def explain_level(standing: Standing, level: Level, policy: LoyaltyPolicy) -> tuple[Reason, ...]:
    """Every criterion of the level reached."""
    return () if level == "none" else _criteria(standing, policy.levels[level])


def explain_lacking(standing: Standing, level: Level, policy: LoyaltyPolicy) -> tuple[Reason, ...]:
    """The criteria of the next level that are not met; none on the highest."""
    names = list(policy.levels)
    place = 0 if level == "none" else names.index(level) + 1
    ahead = _criteria(standing, policy.levels[names[place]]) if place < len(names) else ()
    return tuple(reason for reason in ahead if not reason.evidence["met"])


def judge_loyalty(
    statistics: Statistics, standing: Standing, stage: Stage, probability: float | None, policy: LoyaltyPolicy
) -> int:
    """The loyalty score in tenths: what `explain_loyalty` adds up to."""
    weights = policy.weights[stage]
    grades = _grades(statistics, standing, probability, policy)
    return sum(divide(weights[driver] * grade, 100) for driver, grade in zip(DRIVERS, grades, strict=True))


def explain_loyalty(
    statistics: Statistics, standing: Standing, stage: Stage, probability: float | None, policy: LoyaltyPolicy
) -> tuple[Reason, ...]:
    """The loyalty score, in tenths, as the parts it is the sum of."""
    weights = policy.weights[stage]
    grades = _grades(statistics, standing, probability, policy)
    graded = zip(DRIVERS, grades, _evidence(statistics, standing, grades), strict=True)
    return tuple(
        Reason(f"driver_{driver}", divide(weights[driver] * grade, 100), {**evidence, "weight": weights[driver]}, facts)
        for driver, grade, (evidence, facts) in graded
    )


def level_change_days(statistics: Statistics, policy: LoyaltyPolicy) -> tuple[int, ...]:
    """Local days on which tenure alone may open a level."""
    first = statistics.first_day
    return () if first is None else tuple(first + criteria.tenure_days for criteria in policy.levels.values())


def _meets(standing: Standing, criteria: LevelCriteria) -> bool:
    return (
        standing.satisfaction.tenths >= 10 * criteria.satisfaction
        and standing.purchase_days >= criteria.purchase_days
        and standing.activity.tenure_days >= criteria.tenure_days
        and (standing.activity.active or not criteria.active)
        and (standing.advocacy > 0 or not criteria.advocacy)
        and (standing.satisfaction.open_complaints == 0 or not criteria.no_open_complaint)
    )


def _criteria(standing: Standing, criteria: LevelCriteria) -> tuple[Reason, ...]:
    """What this step asks for, one by one."""
    opinions = (FactKind.SURVEY, FactKind.COMPLAINT, FactKind.RETURN)
    asked = [
        ("satisfaction", criteria.satisfaction, standing.satisfaction.tenths / 10, opinions),
        ("purchase_days", criteria.purchase_days, standing.purchase_days, (FactKind.PURCHASE,)),
        ("tenure_days", criteria.tenure_days, standing.activity.tenure_days, (FactKind.PURCHASE,)),
        ("active", int(criteria.active), int(standing.activity.active), (FactKind.PURCHASE,)),
        ("advocacy", int(criteria.advocacy), standing.advocacy, (FactKind.REFERRAL, FactKind.SURVEY)),
    ]
    reasons = [
        Reason(f"level_{name}", None, {"needed": needed, "found": found, "met": found >= needed}, facts)
        for name, needed, found, facts in asked
        if needed > 0
    ]
    if criteria.no_open_complaint:
        found = standing.satisfaction.open_complaints
        evidence = {"needed": 0, "found": found, "met": found == 0}
        reasons.append(Reason("level_no_open_complaint", None, evidence, (FactKind.COMPLAINT, FactKind.RESOLUTION)))
    return tuple(reasons)


def _grades(
    statistics: Statistics, standing: Standing, probability: float | None, policy: LoyaltyPolicy
) -> tuple[int, int, int, int, int]:
    """Each of the DRIVERS, 0 to 1000."""
    activity = standing.activity
    by_tenure = _grade(activity.tenure_days, policy.full_tenure_days)
    by_breadth = _grade(len(statistics.categories), policy.full_categories)
    if activity.basis in ("no_purchase", "dormant"):
        seen_value = 0
    else:
        seen_value = FULL * activity.active if probability is None else round(FULL * probability)
    return (
        standing.satisfaction.tenths,
        _grade(standing.purchase_days, policy.full_purchase_days),
        seen_value,
        divide(by_tenure + by_breadth, 2),
        _grade(standing.advocacy, policy.full_advocacy),
    )


def _evidence(
    statistics: Statistics, standing: Standing, grades: Sequence[int]
) -> tuple[tuple[dict[str, int | float], tuple[FactKind, ...]], ...]:
    """What each of the DRIVERS was graded by."""
    return (
        ({"satisfaction": grades[0] / 10}, (FactKind.SURVEY, FactKind.COMPLAINT, FactKind.RETURN)),
        ({"purchase_days": standing.purchase_days}, (FactKind.PURCHASE,)),
        ({"grade": grades[2] / 10}, (FactKind.PURCHASE,)),
        (
            {"tenure_days": standing.activity.tenure_days, "categories": len(statistics.categories)},
            (FactKind.PURCHASE,),
        ),
        ({"advocacy": standing.advocacy}, (FactKind.REFERRAL, FactKind.SURVEY)),
    )


def _grade(found: int, full: int) -> int:
    return divide(FULL * min(max(found, 0), full), full)
