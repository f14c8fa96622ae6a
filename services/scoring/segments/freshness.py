"""How much of what is known of everybody the segments have taken in."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Freshness:
    """How far everybody is known: `filled` once all have been taken in; `waiting` customers changed since."""

    filled: bool
    customers: int
    done: int
    waiting: int
