"""Satisfaction: what answers, complaints and returns weigh."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated

from pydantic import Field

from services.scoring.policies.policy.ages import AgeWeights
from services.scoring.policies.policy.bounds import number
from services.scoring.policies.policy.section import Section, demand

SEVERITIES = ("low", "medium", "high", "critical")
CASE_STATES = ("resolved_in_time", "resolved_late", "open", "open_late", "reopened")

Points = Annotated[int, number("points of 100", 0, 1_000, "points taken off, written as a positive number")]
PerCent = Annotated[int, number("per cent", 0, 1_000, "of the points of the severity")]


@dataclass(frozen=True, slots=True)
class SatisfactionPolicy(Section):
    """Points of 100. A complaint costs its severity's points × its state's per cent × its age's per cent."""

    baseline: Annotated[int, number("points of 100", 0, 100, "satisfaction before anything is known")]
    baseline_weight: Annotated[
        int, number("per cent", 1, 1_000_000, "of the baseline against answers, each of which weighs up to 100")
    ]
    survey_weights: Annotated[AgeWeights, Field(description="of an answer, by its age")]
    complaint_points: Annotated[dict[str, Points], Field(description=f"by severity: {', '.join(SEVERITIES)}")]
    complaint_states: Annotated[dict[str, PerCent], Field(description=f"by state: {', '.join(CASE_STATES)}")]
    complaint_weights: Annotated[AgeWeights, Field(description="of a resolved complaint, by its age")]
    resolve_within_hours: Annotated[int, number("hours", 1, 87_600, "after which an open complaint is late")]
    respond_within_hours: Annotated[int, number("hours", 1, 87_600, "for the first answer, where none was promised")]
    late_response_percent: Annotated[int, number("per cent", 0, 1_000, "more, where the first answer came late")]
    pleased_percent: Annotated[int, number("per cent", 0, 100, "less, where the follow-up found the customer content")]
    displeased_percent: Annotated[int, number("per cent", 0, 1_000, "more, where it found them discontent")]
    pleased_from: Annotated[int, number("points of 100", 0, 100, "of a follow-up, from which a customer is content")]
    return_points: Annotated[int, number("points of 100", 0, 1_000, "taken off when everything was returned")]

    def __post_init__(self) -> None:
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

        demand(
            state["resolved_late"] + self.displeased_percent <= state["open"],
            "satisfaction.displeased_percent",
            "with resolved_late it must not be above open: else a further complaint could raise satisfaction",
        )

    @property
    def respond_within(self) -> timedelta:
        return timedelta(hours=self.respond_within_hours)

    @property
    def resolve_within(self) -> timedelta:
        return timedelta(hours=self.resolve_within_hours)
