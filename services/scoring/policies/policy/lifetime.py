"""The horizon of current value, and what a model needs to be fitted."""

from dataclasses import dataclass

from services.scoring.policies.policy.section import Section, demand


@dataclass(frozen=True, slots=True)
class LifetimePolicy(Section):
    """`interval` is the share of outcomes an interval covers; `draws` and `seed` make its simulation repeatable."""

    horizon_months: int
    step_months: int
    discount_per_year: float
    interval: float
    draws: int
    seed: int
    minimum_customers: int
    minimum_repeat_customers: int
    minimum_weeks: int
    fit_every_days: int

    def __post_init__(self) -> None:
        steps = 0 < self.step_months <= 12 and self.horizon_months > 0 and 12 % self.step_months == 0
        demand(
            steps and self.horizon_months % self.step_months == 0,
            "lifetime.step_months",
            "must divide twelve and the horizon, so that every year of the horizon is a whole number of steps",
        )
        demand(0 <= self.discount_per_year < 10, "lifetime.discount_per_year", "must be between 0 and 10")
        demand(0 < self.interval < 1, "lifetime.interval", "must be between 0 and 1")
        demand(100 <= self.draws <= 100_000, "lifetime.draws", "must be between 100 and 100000")
        demand(self.minimum_customers >= 10, "lifetime.minimum_customers", "must be 10 or more")
        demand(self.minimum_repeat_customers >= 5, "lifetime.minimum_repeat_customers", "must be 5 or more")
        demand(self.fit_every_days >= 1, "lifetime.fit_every_days", "must be 1 or more")
