"""How a supply that does not reach for everybody is shared out (S1: scarce goods among retailers by class)."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated

from services.scoring.policies.policy.bounds import EXACT, number
from services.scoring.policies.policy.section import Section, demand

CLASSES = ("A", "B", "C")


@dataclass(frozen=True, slots=True)
class AllocationPolicy(Section):
    class_weights: dict[str, Annotated[int, number("weight", 1, 1000, "how much a customer of the class counts")]]
    value_share: Annotated[
        Decimal,
        number("share of 1", 0, 1, "of the weight, that follows the customer's value within the class", below=True),
        EXACT,
    ]
    minimum: Annotated[int, number("units", 0, 1000, "that everybody gets first, the best customers before the others")]

    def __post_init__(self) -> None:
        known = set(self.class_weights) == set(CLASSES)
        demand(known, "allocation.class_weights", f"needs a weight for each of {', '.join(CLASSES)}, and no other")
        weights = [self.class_weights[name] for name in CLASSES]
        fine = weights == sorted(weights, reverse=True)
        demand(fine, "allocation.class_weights", "must not rise from A over B to C")
