"""How far a simulation is."""

from datetime import datetime, timedelta
from typing import Literal

State = Literal["queued", "running", "done", "cancelled"]
Phase = Literal["counting", "comparing"]


def percent(done: int, customers: int, phase: Phase, *, counts_first: bool, finished: bool) -> float:
    """Of the whole work; where customers are counted before they are compared, each half is half of it."""
    if finished:
        return 100.0
    share = min(done / customers, 1.0) if customers else 0.0
    if counts_first:
        share = (share + (phase == "comparing")) / 2
    return round(min(100 * share, 99.9), 1)


def seconds_left(share: float, started_at: datetime | None, wall: datetime) -> int | None:
    """At the speed so far; None before there is one. `share` in per cent."""
    if started_at is None or share <= 0:
        return None
    return round((wall - started_at) / timedelta(seconds=1) * (100 - share) / share)
