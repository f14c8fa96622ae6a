"""Possible futures of customers: purchases and discounted margin within a horizon, simulated from the posterior."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np

from services.scoring.lifetime import gamma_gamma
from services.scoring.lifetime.gamma_gamma import GammaGamma
from services.scoring.lifetime.purchasing import Floats, PurchaseModel

WEEKS_PER_MONTH: Final = 365.25 / 12 / 7
_MOST_ARRIVALS: Final = 400_000
"""Simulated purchases at once: so many customers are taken together, and of one busier still fewer futures."""
_FEWEST_FUTURES: Final = 100


@dataclass(frozen=True, slots=True)
class Patterns:
    """Customers with a first transaction, one per row; `m` is the mean margin of repeats, 0 where there is none."""

    x: Floats
    t_x: Floats
    T: Floats
    m: Floats

    def rows(self, start: int, stop: int) -> "Patterns":
        return Patterns(self.x[start:stop], self.t_x[start:stop], self.T[start:stop], self.m[start:stop])


@dataclass(frozen=True, slots=True)
class Horizon:
    weeks: float
    discount_per_year: float


@dataclass(frozen=True, slots=True)
class Outcomes:
    """A row per customer, a column per future; `values` is None without a spend model."""

    counts: Floats
    values: Floats | None


def simulate(
    purchases: PurchaseModel,
    spend: GammaGamma | None,
    patterns: Patterns,
    horizon: Horizon,
    *,
    futures: int,
    random: np.random.Generator,
) -> Iterator[Outcomes]:
    """Outcomes of all customers in their order, some at a time, so that memory stays bounded."""
    usual = purchases.usual_rate(patterns.x, patterns.T) * horizon.weeks
    for start, stop in _together(np.maximum(usual, 1.0) * futures):
        busiest = float(usual[start:stop].max())
        several = int(min(futures, max(_FEWEST_FUTURES, _MOST_ARRIVALS / max(busiest, 1.0))))
        yield _simulate(purchases, spend, patterns.rows(start, stop), horizon, several, random)


def _together(arrivals: Floats) -> Iterator[tuple[int, int]]:
    start, total = 0, 0.0
    for place, expected in enumerate(arrivals.tolist()):
        if place > start and total + expected > _MOST_ARRIVALS:
            yield start, place
            start, total = place, 0.0
        total += expected
    if start < arrivals.size:
        yield start, arrivals.size


def _simulate(
    purchases: PurchaseModel,
    spend: GammaGamma | None,
    patterns: Patterns,
    horizon: Horizon,
    futures: int,
    random: np.random.Generator,
) -> Outcomes:
    shape = (patterns.x.size, futures)
    drawn = purchases.draw_futures(
        patterns.x, patterns.t_x, patterns.T, weeks=horizon.weeks, futures=futures, random=random
    )
    counts = np.bincount(drawn.owner, minlength=shape[0] * futures).astype(np.float64).reshape(shape)
    if spend is None:
        return Outcomes(counts, None)
    mean = gamma_gamma.draw_means(spend, patterns.x, patterns.m, futures, random).ravel()
    earned = mean[drawn.owner] / spend.p * random.gamma(spend.p, size=drawn.owner.size)
    worth = earned * discount(drawn.week, horizon.discount_per_year)
    values = np.bincount(drawn.owner, weights=worth, minlength=shape[0] * futures).astype(np.float64)
    return Outcomes(counts, values.reshape(shape))


def discount(weeks: Floats, per_year: float) -> Floats:
    """What one unit in so many weeks is worth now."""
    return np.asarray((1 + per_year) ** (-weeks / WEEKS_PER_MONTH / 12))
