"""Statistics of repeated runs: medians and spread, and ratios taken run by run."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from statistics import median


@dataclass(frozen=True, slots=True)
class Summary:
    """One figure over all runs of a subject, in the order in which they were made."""

    runs: tuple[float, ...]

    def __post_init__(self) -> None:
        if not self.runs:
            raise ValueError("a summary needs at least one run")

    @property
    def median(self) -> float:
        return median(self.runs)

    @property
    def low(self) -> float:
        return min(self.runs)

    @property
    def high(self) -> float:
        return max(self.runs)

    @property
    def spread(self) -> float:
        """The distance between the best and the worst run, as a share of the median; 0 where the median is 0."""
        return (self.high - self.low) / self.median if self.median else 0.0


def ratio(ours: Summary, theirs: Summary) -> Summary:
    """How many times as much, run by run: what slows the machine for a while slows both runs of a round.

    Raises ValueError when the two were not run equally often, or when theirs is 0.
    """
    if len(ours.runs) != len(theirs.runs):
        raise ValueError("ratios are taken between interleaved runs, which both have equally many of")
    if not all(theirs.runs):
        raise ValueError("nothing is a multiple of 0")
    return Summary(tuple(one / other for one, other in zip(ours.runs, theirs.runs, strict=True)))


def quantile(ordered: Sequence[float], share: float) -> float:
    """The smallest value that at least `share` of all values do not exceed. Raises ValueError when there are none."""
    if not ordered:
        raise ValueError("there is no quantile of nothing")
    return ordered[max(0, ceil(share * len(ordered)) - 1)]
