"""When a customer is active, and the stages of the relationship."""

from dataclasses import dataclass

from services.scoring.policies.policy.section import Section, demand

STAGES = ("exploration", "formation", "stability", "decline")


@dataclass(frozen=True, slots=True)
class LifecyclePolicy(Section):
    """A customer counts as active above `active_probability` (or, without a model, while silent for less than
    `rhythm_factor` times the own mean gap) and not silent for longer than `dormant_after_days`."""

    active_probability: float
    rhythm_factor: int
    dormant_after_days: int
    formation_purchase_days: int
    stability_purchase_days: int
    stability_tenure_days: int

    def __post_init__(self) -> None:
        demand(0 < self.active_probability < 1, "lifecycle.active_probability", "must be between 0 and 1")
        demand(self.rhythm_factor >= 1, "lifecycle.rhythm_factor", "must be 1 or more")
        demand(self.dormant_after_days >= 1, "lifecycle.dormant_after_days", "must be 1 or more")
        rising = 1 < self.formation_purchase_days <= self.stability_purchase_days
        demand(rising, "lifecycle.stability_purchase_days", "must not be below formation_purchase_days, above 1")
