"""How well a model reproduces how many customers made how many repeat purchases: counts, and their chi-square."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.special import chdtrc

from services.scoring.lifetime.purchasing import PurchaseHistories, PurchaseModel

_BINS: Final = 7
_LEAST_EXPECTED: Final = 5
"""The chi-square distribution is a fair approximation from so many expected per bin on."""


@dataclass(frozen=True, slots=True)
class CountBin:
    """How many customers made `purchases` repeats (the last bin: that many or more), in fact and by the model."""

    purchases: int
    observed: int
    expected: float


@dataclass(frozen=True, slots=True)
class GoodnessOfFit:
    """`chi_square` pools bins that expect fewer than 5; a `p_value` near 0 says that the model misses the pattern."""

    bins: tuple[CountBin, ...]
    chi_square: float
    degrees_of_freedom: int
    p_value: float | None


def judge_goodness(model: PurchaseModel, rows: PurchaseHistories) -> GoodnessOfFit:
    ages, place = np.unique(rows.T, return_inverse=True)
    weights = np.bincount(place, weights=rows.weight)
    expected = (weights[:, None] * model.count_probabilities(ages, _BINS)).sum(axis=0)
    observed = np.bincount(np.minimum(rows.x, _BINS).astype(np.int64), weights=rows.weight, minlength=_BINS + 1)
    bins = tuple(
        CountBin(n, int(seen), float(thought)) for n, (seen, thought) in enumerate(zip(observed, expected, strict=True))
    )
    pooled = _pool(bins)
    chi_square = sum((seen - thought) ** 2 / thought for seen, thought in pooled)
    freedom = len(pooled) - 1 - len(model.parameter_names)
    p_value = float(chdtrc(freedom, chi_square)) if freedom > 0 else None
    return GoodnessOfFit(bins, float(chi_square), max(freedom, 0), p_value)


def _pool(bins: Sequence[CountBin]) -> list[tuple[float, float]]:
    """(observed, expected) from the rarest bins inwards, joined until each expects 5 or more."""
    pooled: list[tuple[float, float]] = []
    seen = thought = 0.0
    for part in reversed(bins):
        seen, thought = seen + part.observed, thought + part.expected
        if thought >= _LEAST_EXPECTED:
            pooled.append((seen, thought))
            seen = thought = 0.0
    if pooled and thought > 0:
        pooled[-1] = (pooled[-1][0] + seen, pooled[-1][1] + thought)
    return pooled
