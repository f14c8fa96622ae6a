"""Latency counts can be added up, and give quantiles."""

import pytest

from services.scoring.facts.latency import BOUNDS_MS, count_latencies, quantile


def test_bounds_rise() -> None:
    assert list(BOUNDS_MS) == sorted(set(BOUNDS_MS))


@pytest.mark.parametrize(("share", "bound"), [(0.5, 4), (0.9, 4), (0.99, 1024)])
def test_quantiles_are_upper_bounds(share: float, bound: int) -> None:
    counts = count_latencies([3.5] * 95 + [1000.0] * 5)
    assert quantile(counts, share) == bound


def test_nothing_counted_has_no_quantile() -> None:
    assert quantile(count_latencies([]), 0.5) is None


def test_extremes_are_counted_too() -> None:
    counts = count_latencies([-1.0, 1e12])
    assert (counts[0], counts[-1], sum(counts)) == (1, 1, 2)
