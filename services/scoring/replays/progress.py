"""How far a replay is."""

from datetime import datetime, timedelta
from typing import Literal

State = Literal["queued", "rebuilding", "ready", "switching", "mending", "done", "discarded"]
"""`queued`: about to begin; `rebuilding`: customer after customer; `ready`: everybody is rebuilt and what arrives is
followed; `switching`: asked to take the place of what is in use; `mending`: it has, and scores that differ are told."""

Verdict = Literal["differs", "missing", "surplus", "uncountable"]
"""What is wrong with a customer's row in use: other figures, none at all, one without any fact, or facts that the
policy in force cannot count, so that it stays as it is."""


def percent(state: State, done: int, customers: int) -> float:
    """Of the rebuilding."""
    if state not in ("queued", "rebuilding", "discarded"):
        return 100.0
    # Customers are counted at the beginning: the last ones of a rebuilding that goes on may be more than that.
    most = 100.0 if state == "discarded" else 99.9
    return round(min(100 * done / customers, most), 1) if customers else 0.0


def seconds_left(share: float, started_at: datetime | None, wall: datetime) -> int | None:
    """Of the rebuilding at the speed so far; None before there is one. `share` in per cent."""
    if started_at is None or share <= 0:
        return None
    return round((wall - started_at) / timedelta(seconds=1) * (100 - share) / share)
