"""When what moves day by day next changes a class."""

from collections.abc import Callable, Iterable
from heapq import nsmallest
from typing import Final

_MOST_DAYS: Final = 32


def next_change(days: Iterable[int], judge: Callable[[int], object], today: int) -> int | None:
    """The first of these days, later than today, on which `judge` finds something else than today; None: on none.

    Where the first ones change nothing, the last one looked at: a look too early costs little, one too late would leave
    a stale class standing.
    """
    later = nsmallest(_MOST_DAYS, {day for day in days if day > today})
    present = judge(today) if later else None
    for day in later:
        if judge(day) != present:
            return day
    return later[-1] if len(later) == _MOST_DAYS else None
