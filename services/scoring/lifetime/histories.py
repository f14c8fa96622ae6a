"""From counted customers to what the models are fitted to: each distinct history once, with its weight."""

from collections.abc import Sequence

import numpy as np

from services.scoring.lifetime.gamma_gamma import SpendHistories
from services.scoring.lifetime.purchasing import Floats, PurchaseHistories

DAYS_PER_WEEK = 7


def purchase_histories(rows: Sequence[tuple[int, ...]]) -> PurchaseHistories:
    """From (repeats, days from first to last purchase, days observed, customers)."""
    x, recency, age, weight = _columns(rows, 4)
    return PurchaseHistories(x=x, t_x=recency / DAYS_PER_WEEK, T=age / DAYS_PER_WEEK, weight=weight)


def spend_histories(rows: Sequence[tuple[int, ...]], digits: int) -> SpendHistories:
    """From (repeats, margin of repeats, margin, returned margin, customers), in minor units of that many digits."""
    x, repeat_margin, margin, returned, weight = _columns(rows, 5)
    return SpendHistories(x=x, m=mean_margin(x, repeat_margin, margin, returned, digits), weight=weight)


def mean_margin(x: Floats, repeat_margin: Floats, margin: Floats, returned: Floats, digits: int) -> Floats:
    """The mean margin of repeats in major units, reduced by the share of all margin that returns have taken.

    A loss counts as nothing earned, and nobody without repeats has a mean: 0.
    """
    kept = 1 - returned / np.where(margin > 0, margin, 1.0)
    mean = repeat_margin / np.maximum(x, 1.0) / 10.0**digits * np.where(margin > 0, np.maximum(kept, 0.0), 1.0)
    return np.asarray(np.where(x > 0, np.maximum(mean, 0.0), 0.0))


def _columns(rows: Sequence[tuple[int, ...]], number: int) -> list[Floats]:
    table = np.array(rows, dtype=np.float64).reshape(-1, number)
    return [np.ascontiguousarray(table[:, place]) for place in range(number)]
