"""Lifecycle: when a customer counts as active, and what opens each stage."""

from dataclasses import dataclass
from typing import Annotated

from services.scoring.policies.policy.bounds import number, probability
from services.scoring.policies.policy.section import Section, demand

STAGES = ("exploration", "formation", "stability", "decline")


@dataclass(frozen=True, slots=True)
class LifecyclePolicy(Section):
    """A customer counts as active above `active_probability` (or, without a model, while silent for less than
    `rhythm_factor` times the own mean gap) and not silent for longer than `dormant_after_days`."""

    active_probability: Annotated[float, probability("of being active, from which a customer counts as active")]
    rhythm_factor: Annotated[int, number("mean gaps", 1, 1_000, "of silence that a customer without model may have")]
    dormant_after_days: Annotated[int, number("days", 1, 36_500, "of silence after which nobody is active")]
    formation_purchase_days: Annotated[int, number("days with a purchase", 2, 10_000, "that open formation")]
    stability_purchase_days: Annotated[int, number("days with a purchase", 2, 10_000, "that stability asks for")]
    stability_tenure_days: Annotated[int, number("days", 0, 36_500, "since the first purchase, for stability")]

    def __post_init__(self) -> None:
        rising = self.formation_purchase_days <= self.stability_purchase_days
        demand(rising, "lifecycle.stability_purchase_days", "must not be below formation_purchase_days")
