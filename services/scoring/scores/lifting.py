"""What would lift a class: single changes, each tried out on the customer's own statistics, so that what is said
is true. Of each kind of change the smallest one that lifts a class is told.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from msgspec import structs

from services.scoring.facts.fact import Fact
from services.scoring.facts.statistics import Statistics, fold
from services.scoring.policies.policy import LEVELS, QUADRANTS
from services.scoring.scores.context import Context
from services.scoring.scores.imagined import Imagination, Imagined
from services.scoring.scores.partnership import PARTNERSHIP_STAGES
from services.scoring.scores.reason import Reason
from services.scoring.scores.score import Score, score_many

Figure = Literal["loyalty_level", "lifecycle_stage", "abc_class", "quadrant", "partnership_stage"]

_RANKS: Final[dict[Figure, tuple[str, ...]]] = {
    "loyalty_level": ("none", *LEVELS),
    "lifecycle_stage": ("decline", "exploration", "formation", "stability"),
    "abc_class": ("C", "B", "A"),
    "quadrant": QUADRANTS,
    "partnership_stage": PARTNERSHIP_STAGES,
}
"""Each class, the lowest first."""


@dataclass(frozen=True, slots=True)
class Lift:
    """With these facts, none of which has happened, `figure` would stand at `reaches` at that instant."""

    figure: Figure
    reaches: str
    reason: Reason
    facts: tuple[Fact, ...]
    at: datetime


def find_lifts(statistics: Statistics, context: Context, now: Score) -> tuple[Lift, ...]:
    """`now` is the customer's score, at an instant that is not before their last fact."""
    lifts: list[Lift] = []
    told: set[tuple[Figure, str]] = set()
    for changes in Imagination(statistics, context, now.as_of).kinds():
        for lift in _first_lifts(statistics, context, now, changes):
            # Purchases at the usual pace are told only where purchases day by day do not lift.
            if lift.reason.rule != "lift_purchases" or (lift.figure, lift.reason.rule) not in told:
                lifts.append(lift)
            told.add((lift.figure, lift.reason.rule))
    return tuple(lifts)


def rank_of(score: Score, figure: Figure) -> int:
    """How high the class stands; below all of them where there is none."""
    name = _class_of(score, figure)
    return -1 if name is None else _RANKS[figure].index(name)


def _class_of(score: Score, figure: Figure) -> str | None:
    match figure:
        case "loyalty_level":
            return score.level
        case "lifecycle_stage":
            return score.stage
        case "abc_class":
            return score.abc
        case "partnership_stage":
            return score.partnership
    return score.quadrant


def _first_lifts(statistics: Statistics, context: Context, now: Score, changes: list[Imagined]) -> Iterator[Lift]:
    """Of changes of one kind, the smallest first, the first one that lifts each class."""
    customers = [(fold(statistics, change.facts, context.measures), change.at) for change in changes]
    scores = score_many(customers, context, look_ahead=False) if customers else []
    for figure in _RANKS:
        for change, then in zip(changes, scores, strict=True):
            if rank_of(then, figure) > rank_of(now, figure):
                reaches = _class_of(then, figure) or ""
                evidence = {**change.reason.evidence, "figure": figure, "reaches": reaches}
                yield Lift(figure, reaches, structs.replace(change.reason, evidence=evidence), change.facts, change.at)
                break
