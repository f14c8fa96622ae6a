"""The whale curve: which share of the margin the best customers bring, and how much the worst cost (S0, S1, S2)."""

from dataclasses import dataclass

import numpy as np

from services.scoring.portfolio.growth import Integers
from services.scoring.portfolio.portfolio import Distribution


@dataclass(frozen=True, slots=True)
class CurvePoint:
    """The best `customers` customers together have realised `margin` (minor units)."""

    customers: int
    margin: int


def whale_curve(realised: Distribution, points: int) -> list[CurvePoint]:
    """From the best customer down to all, at most `points` of them evenly spaced, always with the peak and the end.

    Where customers cost more than they bring, the curve falls behind its peak: that is the back of the whale.
    """
    sizes, values = realised.customers[::-1], realised.values[::-1]
    buyers = int(sizes.sum())
    if not buyers:
        return []
    reached, earned = np.cumsum(sizes), np.cumsum(sizes * values)
    wanted = {round(buyers * place / points) for place in range(1, points + 1)} - {0}
    profitable = int(sizes[values > 0].sum())
    return [
        CurvePoint(count, _margin_of(count, reached, earned, values)) for count in sorted(wanted | {profitable or 1})
    ]


def _margin_of(count: int, reached: Integers, earned: Integers, values: Integers) -> int:
    place = int(np.searchsorted(reached, count, side="left"))
    return int(earned[place]) - (int(reached[place]) - count) * int(values[place])
