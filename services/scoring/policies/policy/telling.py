"""When a score is worth telling."""

from dataclasses import dataclass

from services.scoring.policies.policy.section import Section, demand


@dataclass(frozen=True, slots=True)
class TellingPolicy(Section):
    """How far a figure must move from the one last told before it is told again; a change of class always is.

    `probability_reviews`: levels of the probability of being active at which a silent customer is looked at again.
    """

    value_relative: float
    probability: float
    satisfaction: float
    probability_reviews: tuple[float, ...]

    def __post_init__(self) -> None:
        demand(self.value_relative >= 0, "telling.value_relative", "must not be negative")
        fine = all(0 < level < 1 for level in self.probability_reviews)
        demand(fine, "telling.probability_reviews", "must lie between 0 and 1")
