"""Expected value: how far it looks ahead, and what a model needs."""

from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Field

from services.scoring.policies.policy.bounds import number, probability
from services.scoring.policies.policy.growth import PeerDimension
from services.scoring.policies.policy.section import Section, demand


@dataclass(frozen=True, slots=True)
class LifetimePolicy(Section):
    """`interval` is the share of outcomes an interval covers; `draws` and `seed` make its simulation repeatable.

    Under "automatic" another `model` takes the place of BG/NBD if its BIC is lower by `least_bic_gain` and it predicts
    the hold-out period, the last `hold_out_share` of the time observed, no worse. Segments of `segment_by` that have
    data enough get models of their own beside the one of everybody.
    """

    horizon_months: Annotated[int, number("months", 1, 600, "how far expected value looks ahead")]
    step_months: Annotated[int, number("months", 1, 12, "length of a step of the horizon")]
    discount_per_year: Annotated[float, number("share of 1 per year", 0, 10, "discount of what is earned later")]
    interval: Annotated[float, probability("share of outcomes that an interval covers")]
    draws: Annotated[int, number("futures", 100, 100_000, "simulated for an interval")]
    seed: Annotated[int, number("none", 0, 2**32 - 1, "of the simulation, so that it can be repeated")]
    minimum_customers: Annotated[int, number("customers", 10, 10**9, "buyers needed for a model")]
    minimum_repeat_customers: Annotated[int, number("customers", 5, 10**9, "repeat buyers needed for a model")]
    minimum_weeks: Annotated[int, number("weeks", 0, 5_200, "span of purchases needed for a model")]
    fit_every_days: Annotated[int, number("days", 1, 3_650, "how often a model is fitted")]
    model: Annotated[
        Literal["automatic", "bg_nbd", "mbg_nbd", "pareto_nbd"],
        Field(description="the model of purchases to use; automatic leaves it to the data"),
    ]
    least_bic_gain: Annotated[
        float, number("points of BIC", 0, 1_000, "by which another model must fit better than BG/NBD to take its place")
    ]
    hold_out_share: Annotated[float, probability("share of the time observed that models are checked on, its last")]
    sample_customers: Annotated[int, number("customers", 100, 10**7, "read to check a model, at most")]
    drift_check_days: Annotated[int, number("days", 1, 3_650, "how often the model in force is checked for drift")]
    drift_tolerance: Annotated[
        float, number("share of 1", 0, 100, "by which purchases may differ from those expected before it is drift")
    ]
    drift_minimum_purchases: Annotated[
        int, number("purchases", 1, 10**9, "expected since a model was fitted before drift can be told from chance")
    ]
    segment_by: Annotated[PeerDimension, Field(description="customers equal in this share a model of their own")]
    segment_minimum_customers: Annotated[
        int, number("customers", 10, 10**9, "buyers needed for a model of a segment; with fewer, everybody's is used")
    ]
    check_customers: Annotated[int, number("customers", 1, 100_000, "checked for the coverage of intervals, at most")]

    def __post_init__(self) -> None:
        demand(
            12 % self.step_months == 0 and self.horizon_months % self.step_months == 0,
            "lifetime.step_months",
            "must divide twelve and the horizon, so that every year of the horizon is a whole number of steps",
        )
