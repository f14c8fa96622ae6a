"""Churn: what speaks for a customer's leaving, in points of a risk from 0 to 100."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

from services.scoring.policies.policy.bounds import number, probability
from services.scoring.policies.policy.section import Section, demand

OPEN_STATES = ("open", "open_late", "reopened")
SIGNS = ("presence", "offer", "poaching", "switched")

Points = Annotated[int, number("points of 100", 0, 100, "added to the risk")]


@dataclass(frozen=True, slots=True)
class ProbabilityBand(Section):
    below: Annotated[float, probability("of being active, below which this counts")]
    points: Points


@dataclass(frozen=True, slots=True)
class RhythmBand(Section):
    gaps: Annotated[int, number("mean gaps", 1, 1_000, "of the customer's own, beyond which a silence counts")]
    points: Points


@dataclass(frozen=True, slots=True)
class FallBand(Section):
    percent: Annotated[int, number("per cent", 1, 100, "by which a rate has fallen at least")]
    points: Points


@dataclass(frozen=True, slots=True)
class FrequencyPolicy(Section):
    """Purchase days of the recent days against those of the usual days before them."""

    recent_days: Annotated[int, number("days", 1, 3_650, "looked at")]
    usual_days: Annotated[int, number("days", 1, 3_650, "before them, that say what is usual")]
    minimum_purchase_days: Annotated[int, number("days with a purchase", 1, 10_000, "without which nothing is usual")]
    bands: tuple[FallBand, ...]


@dataclass(frozen=True, slots=True)
class UsagePolicy(Section):
    """The last whole month against the mean of the months before it; the metric that fell most counts."""

    usual_months: Annotated[int, number("months", 1, 120, "before the last one, that say what is usual")]
    bands: tuple[FallBand, ...]


@dataclass(frozen=True, slots=True)
class ChurnPolicy(Section):
    """Bands run from the mildest to the worst, and only the worst that applies counts; so do complaints."""

    silence: Annotated[tuple[ProbabilityBand, ...], Field(max_length=20, description="by the model")]
    rhythm: Annotated[tuple[RhythmBand, ...], Field(max_length=20, description="where there is no model")]
    dormant_points: Points
    frequency: FrequencyPolicy
    usage: UsagePolicy
    complaint_points: Annotated[dict[str, Points], Field(description=f"by state: {', '.join(OPEN_STATES)}")]
    late_payment_points: Annotated[int, number("points of 100", 0, 100, "for each invoice paid late or overdue")]
    late_payments_most: Annotated[int, number("points of 100", 0, 100, "for all of them together")]
    late_payment_days: Annotated[int, number("days", 1, 3_650, "for which a late payment counts")]
    contact_gone_points: Annotated[int, number("points of 100", 0, 100, "while the main contact is gone")]
    competitor_points: Annotated[dict[str, Points], Field(description=f"by sign: {', '.join(SIGNS)}")]
    competitor_days: Annotated[int, number("days", 1, 3_650, "for which a sign counts; the worst one does")]

    def __post_init__(self) -> None:
        below = [band.below for band in self.silence]
        demand(below == sorted(set(below), reverse=True), "churn.silence", "probabilities must fall from band to band")
        gaps = [band.gaps for band in self.rhythm]
        demand(gaps == sorted(set(gaps)), "churn.rhythm", "gaps must rise from band to band")
        silence = _worst("churn.silence", [band.points for band in self.silence])
        rhythm = _worst("churn.rhythm", [band.points for band in self.rhythm])
        worst = max(silence, rhythm) <= self.dormant_points
        demand(worst, "churn.dormant_points", "must not be below what any silence counts")
        _demand_falls("churn.frequency.bands", self.frequency.bands)
        _demand_falls("churn.usage.bands", self.usage.bands)
        demand(set(self.competitor_points) == set(SIGNS), "churn.competitor_points", f"needs {SIGNS}")
        demand(set(self.complaint_points) == set(OPEN_STATES), "churn.complaint_points", f"needs {OPEN_STATES}")
        _worst("churn.complaint_points", [self.complaint_points[state] for state in OPEN_STATES])


def _demand_falls(field: str, bands: Sequence[FallBand]) -> None:
    percents = [band.percent for band in bands]
    demand(percents == sorted(set(percents)), field, "percentages must rise from band to band")
    _worst(field, [band.points for band in bands])


def _worst(field: str, points: Sequence[int]) -> int:
    """The points of the worst band."""
    demand(list(points) == sorted(points), field, "points must not fall from band to band")
    return points[-1] if points else 0
