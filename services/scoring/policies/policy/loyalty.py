"""The ladder of loyalty and the weights of its drivers."""

from dataclasses import dataclass

from services.scoring.policies.policy.lifecycle import STAGES
from services.scoring.policies.policy.section import Section, demand

LEVELS = ("satisfied", "trusting", "behaviourally_loyal", "attitudinally_loyal", "sustainably_loyal")
DRIVERS = ("satisfaction", "trust", "perceived_value", "switching_cost", "word_of_mouth")


@dataclass(frozen=True, slots=True)
class LevelCriteria(Section):
    """What the step onto one level asks for, beside everything the levels below ask for."""

    satisfaction: int = 0
    purchase_days: int = 0
    tenure_days: int = 0
    active: bool = False
    no_open_complaint: bool = False
    advocacy: bool = False


@dataclass(frozen=True, slots=True)
class LoyaltyPolicy(Section):
    """`weights`: points of each driver per lifecycle stage, 100 in all; the `full_…` numbers earn a driver in full."""

    levels: dict[str, LevelCriteria]
    weights: dict[str, dict[str, int]]
    full_purchase_days: int
    full_tenure_days: int
    full_categories: int
    full_advocacy: int
    promoter_from: int

    def __post_init__(self) -> None:
        demand(tuple(self.levels) == LEVELS, "loyalty.levels", f"needs the levels {LEVELS}, in this order")
        demand(set(self.weights) == set(STAGES), "loyalty.weights", f"needs weights for {STAGES}")
        for stage, weights in self.weights.items():
            fine = set(weights) == set(DRIVERS) and sum(weights.values()) == 100 and min(weights.values()) >= 0
            demand(fine, f"loyalty.weights.{stage}", f"weights of {DRIVERS} must add up to 100")
        full = min(self.full_purchase_days, self.full_tenure_days, self.full_categories, self.full_advocacy)
        demand(full >= 1, "loyalty", "what earns a driver in full must be 1 or more")
