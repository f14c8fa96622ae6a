"""Loyalty: the criteria of each level, and the weights of the drivers."""

from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

from services.scoring.policies.policy.bounds import number
from services.scoring.policies.policy.lifecycle import STAGES
from services.scoring.policies.policy.section import Section, demand

LEVELS = ("satisfied", "trusting", "behaviourally_loyal", "attitudinally_loyal", "sustainably_loyal")
DRIVERS = ("satisfaction", "trust", "perceived_value", "switching_cost", "word_of_mouth")

DriverWeight = Annotated[int, number("points of 100", 0, 100, "of the driver in this stage")]


@dataclass(frozen=True, slots=True)
class LevelCriteria(Section):
    """What the step onto one level asks for, beside everything the levels below ask for."""

    satisfaction: Annotated[int, number("points of 100", 0, 100, "satisfaction asked for")] = 0
    purchase_days: Annotated[int, number("days with a purchase", 0, 10_000, "asked for")] = 0
    tenure_days: Annotated[int, number("days", 0, 36_500, "since the first purchase, asked for")] = 0
    active: Annotated[bool, Field(description="whether being active is asked for")] = False
    no_open_complaint: Annotated[bool, Field(description="whether no complaint may be open")] = False
    advocacy: Annotated[bool, Field(description="whether a referral or a promoter's answer is asked for")] = False


@dataclass(frozen=True, slots=True)
class LoyaltyPolicy(Section):
    """`weights`: points of each driver per lifecycle stage, 100 in all; the `full_…` numbers earn a driver in full."""

    levels: Annotated[dict[str, LevelCriteria], Field(description=f"from the lowest: {', '.join(LEVELS)}")]
    weights: Annotated[
        dict[str, dict[str, DriverWeight]],
        Field(description=f"by stage ({', '.join(STAGES)}) and driver ({', '.join(DRIVERS)}), 100 in each stage"),
    ]
    full_purchase_days: Annotated[int, number("days with a purchase", 1, 10_000, "that earn trust in full")]
    full_tenure_days: Annotated[int, number("days", 1, 36_500, "together that earn half of switching cost in full")]
    full_categories: Annotated[int, number("categories", 1, 10_000, "that earn half of switching cost in full")]
    full_advocacy: Annotated[int, number("recommendations", 1, 10_000, "that earn word of mouth in full")]
    promoter_from: Annotated[int, number("points of 100", 0, 100, "of an NPS answer from which it recommends")]

    def __post_init__(self) -> None:
        demand(set(self.levels) == set(LEVELS), "loyalty.levels", f"needs the levels {LEVELS}")
        # Their order is that of the ladder, whatever that of the document: JSON objects have none.
        object.__setattr__(self, "levels", {name: self.levels[name] for name in LEVELS})
        demand(set(self.weights) == set(STAGES), "loyalty.weights", f"needs weights for {STAGES}")
        for stage, weights in self.weights.items():
            fine = set(weights) == set(DRIVERS) and sum(weights.values()) == 100
            demand(fine, f"loyalty.weights.{stage}", f"weights of {DRIVERS} must add up to 100")
