"""How long events wait from being recorded to being scored, as counts in buckets that can be added up."""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from typing import Final

BOUNDS_MS: Final = (1, *(round(2 ** (step / 2)) for step in range(2, 42)))
"""Upper bounds from 1 ms to 25 minutes, each about 1.4 times the one before; the last bucket takes what is longer."""


def count_latencies(milliseconds: Iterable[float]) -> list[int]:
    counts = [0] * len(BOUNDS_MS)
    for latency in milliseconds:
        counts[_bucket(latency)] += 1
    return counts


def quantile(counts: Sequence[int], probability: float) -> int | None:
    """The bound that at least this share of the events did not exceed; None when there are none."""
    rank, seen = probability * sum(counts), 0
    for place, count in enumerate(counts):
        seen += count
        if count and seen >= rank:
            return BOUNDS_MS[place]
    return None


def _bucket(latency: float) -> int:
    return min(bisect_left(BOUNDS_MS, latency), len(BOUNDS_MS) - 1)
