"""Weights that fall with age."""

from dataclasses import dataclass

from services.scoring.policies.policy.section import Section, demand


@dataclass(frozen=True, slots=True)
class AgeBand(Section):
    """What is at most `until_days` old weighs `weight` per cent."""

    until_days: int
    weight: int


@dataclass(frozen=True, slots=True)
class AgeWeights(Section):
    """Weights that fall with age in steps, so that sums stay whole numbers and a change has a known instant."""

    bands: tuple[AgeBand, ...]
    beyond: int

    def __post_init__(self) -> None:
        days = [band.until_days for band in self.bands]
        weights = [band.weight for band in self.bands] + [self.beyond]
        demand(days == sorted(set(days)) and all(day >= 0 for day in days), "bands", "days must rise from band to band")
        demand(weights == sorted(weights, reverse=True) and weights[-1] >= 0, "bands", "weights must not rise with age")

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
