"""What answers, complaints and returns do to satisfaction."""

from dataclasses import dataclass
from datetime import timedelta

from services.scoring.policies.policy.ages import AgeWeights
from services.scoring.policies.policy.section import Section, demand

SEVERITIES = ("low", "medium", "high", "critical")
CASE_STATES = ("resolved_in_time", "resolved_late", "open", "open_late", "reopened")


@dataclass(frozen=True, slots=True)
class SatisfactionPolicy(Section):
    """Points of 100. A complaint costs its severity's points × its state's per cent × its age's per cent."""

    baseline: int
    baseline_weight: int
    survey_weights: AgeWeights
    complaint_points: dict[str, int]
    complaint_states: dict[str, int]
    complaint_weights: AgeWeights
    resolve_within_hours: int
    return_points: int

    def __post_init__(self) -> None:
        demand(0 <= self.baseline <= 100, "satisfaction.baseline", "must be between 0 and 100")
        demand(self.baseline_weight > 0, "satisfaction.baseline_weight", "must be above 0")
        demand(set(self.complaint_points) == set(SEVERITIES), "satisfaction.complaint_points", f"needs {SEVERITIES}")
        demand(set(self.complaint_states) == set(CASE_STATES), "satisfaction.complaint_states", f"needs {CASE_STATES}")
        state = self.complaint_states
        demand(
            state["resolved_in_time"]
            <= state["resolved_late"]
            <= state["open"]
            <= state["open_late"]
            <= state["reopened"],
            "satisfaction.complaint_states",
            "must not fall from resolved_in_time over resolved_late, open and open_late to reopened: else a further "
            "complaint could raise satisfaction",
        )
        points = (*self.complaint_points.values(), *self.complaint_states.values(), self.return_points)
        demand(min(points) >= 0, "satisfaction", "points taken off are written as positive numbers")
        demand(self.resolve_within_hours > 0, "satisfaction.resolve_within_hours", "must be above 0")

    @property
    def resolve_within(self) -> timedelta:
        return timedelta(hours=self.resolve_within_hours)
