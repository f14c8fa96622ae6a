"""Distributions of a figure in little memory: counts in buckets that grow by 5 %, which can be merged."""

import math
from collections.abc import Iterable
from typing import Any, Final

import numpy as np

_GROWTH: Final = math.log(1.05)
_SCALE: Final = 1e-6
"""Smaller than any figure but 0: money is whole, probabilities are told with four decimals."""

Sketch = dict[str, Any]
EMPTY: Final[Sketch] = {"count": 0, "total": 0.0, "low": None, "high": None, "buckets": {}}


def sketch_of(values: Iterable[float]) -> Sketch:
    """Count, total, extremes, and the buckets from which quantiles are read to within 2.5 %."""
    numbers = np.array(list(values), dtype=np.float64)
    if numbers.size == 0:
        return EMPTY
    magnitude = np.ceil(np.log(np.maximum(np.abs(numbers), _SCALE) / _SCALE) / _GROWTH).astype(np.int64)
    keys, counts = np.unique(np.sign(numbers).astype(np.int64) * (magnitude + 1), return_counts=True)
    return {
        "count": int(numbers.size),
        "total": math.fsum(numbers.tolist()),
        "low": float(numbers.min()),
        "high": float(numbers.max()),
        "buckets": {str(key): count for key, count in zip(keys.tolist(), counts.tolist(), strict=True)},
    }


def merge_sketches(one: Sketch, other: Sketch) -> Sketch:
    if not one["count"] or not other["count"]:
        return one if one["count"] else other
    buckets = dict(one["buckets"])
    for key, count in other["buckets"].items():
        buckets[key] = buckets.get(key, 0) + count
    return {
        "count": one["count"] + other["count"],
        "total": one["total"] + other["total"],
        "low": min(one["low"], other["low"]),
        "high": max(one["high"], other["high"]),
        "buckets": buckets,
    }


def deciles(sketch: Sketch) -> list[float]:
    """The values that 10, 20, … 90 % do not exceed; none of an empty sketch."""
    ranks = [sketch["count"] * share / 10 for share in range(1, 10)]
    found: list[float] = []
    seen = 0
    for key in sorted(map(int, sketch["buckets"])):
        seen += sketch["buckets"][str(key)]
        while len(found) < len(ranks) and seen >= ranks[len(found)]:
            found.append(min(max(_middle(key), sketch["low"]), sketch["high"]))
    return found


def _middle(key: int) -> float:
    if key == 0:
        return 0.0
    magnitude = math.exp((abs(key) - 1.5) * _GROWTH) * _SCALE
    return math.copysign(magnitude, key)
