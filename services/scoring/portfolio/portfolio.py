"""What only all customers together tell: boundaries of ABC, RFM and quadrants, and how much of the margin the best
bring."""

import math
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from services.scoring.facts.measures import divide
from services.scoring.policies.policy import Policy, PortfolioPolicy
from services.scoring.portfolio.growth import Integers, YearlyMarks

AbcClass = Literal["A", "B", "C"]
Bounds = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class Distribution:
    """Distinct values, ascending, and how many customers have each."""

    values: Integers
    customers: Integers


@dataclass(frozen=True, slots=True)
class Portfolio:
    """Over customers with a purchase. `a_minimum` and `b_minimum` are the realised values from which a customer is A
    or B; bounds are the values at the 20, 40, 60 and 80 % ranks; `top_margin_share` is in ten-thousandths."""

    buyers: int
    margin: int
    a_minimum: int
    b_minimum: int
    class_sizes: tuple[int, int, int]
    recency_bounds: Bounds
    frequency_bounds: Bounds
    monetary_bounds: Bounds
    top_customers: int
    top_margin_share: int
    year: YearlyMarks = field(default_factory=YearlyMarks)

    def abc(self, realised: int) -> AbcClass:
        """By value alone, so that equals are never parted; who brings nothing is C."""
        if realised <= 0:
            return "C"
        return "A" if realised >= self.a_minimum else "B" if realised >= self.b_minimum else "C"

    def rfm(self, silence_days: int, purchase_days: int, realised: int) -> tuple[int, int, int]:
        """Quintiles, 5 the best: above a bound means the next quintile; for silence, the less the better."""
        return (
            5 - sum(silence_days > bound for bound in self.recency_bounds),
            1 + sum(purchase_days > bound for bound in self.frequency_bounds),
            1 + sum(realised > bound for bound in self.monetary_bounds),
        )


def bounds_alike(one: Policy, other: Policy) -> bool:
    """Whether both draw the same boundaries from the same statistics."""
    return (one.portfolio, one.growth, one.quadrants) == (other.portfolio, other.growth, other.quadrants)


def compute_portfolio(
    *,
    realised: Distribution,
    purchase_days: Distribution,
    silence: Distribution,
    policy: PortfolioPolicy,
    year: YearlyMarks | None = None,
) -> Portfolio | None:
    """None while there are fewer buyers than the policy asks for."""
    buyers = int(realised.customers.sum())
    if buyers < policy.minimum_customers:
        return None
    positive = np.maximum(realised.values, 0)
    earned = np.cumsum((positive * realised.customers)[::-1])
    margin = int(earned[-1])
    a_minimum = _minimum(realised, earned, float(policy.a_share) * margin)
    b_minimum = _minimum(realised, earned, float(policy.a_share + policy.b_share) * margin)
    in_a = int(realised.customers[(realised.values >= a_minimum) & (realised.values > 0)].sum())
    in_b = int(realised.customers[(realised.values >= b_minimum) & (realised.values > 0)].sum()) - in_a
    top = math.ceil(buyers * policy.top_share)
    return Portfolio(
        buyers=buyers,
        margin=int((realised.values * realised.customers).sum()),
        a_minimum=a_minimum,
        b_minimum=b_minimum,
        class_sizes=(in_a, in_b, buyers - in_a - in_b),
        recency_bounds=_bounds(silence),
        frequency_bounds=_bounds(purchase_days),
        monetary_bounds=_bounds(realised),
        top_customers=top,
        top_margin_share=divide(10_000 * _earned_by_top(realised, top), margin) if margin > 0 else 0,
        year=year or YearlyMarks(),
    )


def _minimum(realised: Distribution, earned: Integers, goal: float) -> int:
    """The value at which, going down from the best, the goal is reached."""
    at = int(np.searchsorted(earned, goal, side="left"))
    return int(realised.values[::-1][min(at, realised.values.size - 1)])


def _earned_by_top(realised: Distribution, top: int) -> int:
    left, total = top, 0
    for value, customers in zip(realised.values[::-1].tolist(), realised.customers[::-1].tolist(), strict=True):
        taken = min(left, customers)
        total += taken * max(value, 0)
        left -= taken
        if left == 0:
            break
    return total


def _bounds(distribution: Distribution) -> Bounds:
    """Quintile k's upper bound: the smallest value that at least k fifths of the customers do not exceed."""
    ranks = np.cumsum(distribution.customers)
    total = int(ranks[-1])
    first, second, third, fourth = (
        int(distribution.values[np.searchsorted(ranks, -(-k * total // 5), side="left")]) for k in (1, 2, 3, 4)
    )
    return first, second, third, fourth
