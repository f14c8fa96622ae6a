"""Weights that fall with age."""

from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

from services.scoring.policies.policy.bounds import number
from services.scoring.policies.policy.section import Section, demand

Weight = Annotated[int, number("per cent", 0, 1_000, "of the full weight")]


@dataclass(frozen=True, slots=True)
class AgeBand(Section):
    """What is at most `until_days` old weighs `weight` per cent."""

    until_days: Annotated[int, number("days", 0, 36_500, "age up to which the weight holds")]
    weight: Weight


@dataclass(frozen=True, slots=True)
class AgeWeights(Section):
    """Weights that fall with age in steps, so that sums stay whole numbers and a change has a known instant."""

    bands: Annotated[tuple[AgeBand, ...], Field(max_length=50, description="by rising age and falling weight")]
    beyond: Weight

    def __post_init__(self) -> None:
        days = [band.until_days for band in self.bands]
        weights = [band.weight for band in self.bands] + [self.beyond]
        demand(days == sorted(set(days)), "bands", "days must rise from band to band")
        demand(weights == sorted(weights, reverse=True), "bands", "weights must not rise with age")

    def of(self, age_days: int) -> int:
        for band in self.bands:
            if age_days <= band.until_days:
                return band.weight
        return self.beyond

    def next_change(self, age_days: int) -> int | None:
        """The age in days at which the weight next changes."""
        for band in self.bands:
            if age_days <= band.until_days:
                return band.until_days + 1
        return None
