"""A customer as rebuilt from the facts, held against the customer in use, field by field and to the digit."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import msgspec

from services.scoring.facts import packing
from services.scoring.facts.histories import History, fold_anew
from services.scoring.facts.state import CustomerState
from services.scoring.facts.statistics import Statistics
from services.scoring.replays.progress import Verdict
from services.scoring.scores.context import Context
from services.scoring.scores.memory import unpack
from services.scoring.scores.score import effective_instant, score_many
from services.scoring.scores.telling import Told, tell
from shared.errors import Poison

Row = Mapping[str, Any]
Fields = dict[str, tuple[Any, Any]]
"""In use and rebuilt, by name."""

_MOST_ENTRIES: Final = 20
"""Of a list that differs, as many as a reader looks at."""

_SUMS: Final = tuple(name for name in packing.COLUMNS if name not in ("packed", "memory"))
_TOLD: Final = tuple(name for name in Told.__struct_fields__ if name != "rfm")


@dataclass(frozen=True, slots=True)
class Difference:
    verdict: Verdict
    fields: Fields = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Portion:
    """Customers as one snapshot of the database had them: their rows in use (of statistics, told scores and reviews),
    and all their facts."""

    customer_ids: Sequence[UUID]
    live: Mapping[UUID, Row]
    told: Mapping[UUID, Row]
    reviews: Mapping[UUID, Row]
    histories: Mapping[UUID, History]
    context: Context
    now: datetime


@dataclass(frozen=True, slots=True)
class Compared:
    """`states` are what the rebuilt rows hold; whoever is in `differences` differs, everybody else is equal."""

    states: Mapping[UUID, CustomerState]
    differences: Mapping[UUID, Difference]


def rebuild(portion: Portion) -> Compared:
    """Takes a while: nothing for an event loop."""
    return compare(portion, fold_anew(portion.histories, portion.context.measures))


def compare(portion: Portion, folded: Mapping[UUID, Statistics | Poison]) -> Compared:
    """`folded`: what the facts come to. Who has no facts has nothing rebuilt."""
    states: dict[UUID, CustomerState] = {}
    differences: dict[UUID, Difference] = {}
    for customer_id in portion.customer_ids:
        row, rebuilt = portion.live.get(customer_id), folded[customer_id]
        if isinstance(rebuilt, Poison):
            differences[customer_id] = Difference("uncountable", {rebuilt.code: (None, rebuilt.detail)})
            if row is not None:
                states[customer_id] = CustomerState(packing.decode(row["packed"]), row["memory"])
        elif not rebuilt.facts:
            differences[customer_id] = Difference("surplus")
        else:
            states[customer_id] = CustomerState(rebuilt, None if row is None else row["memory"])
            if row is None:
                differences[customer_id] = Difference("missing")
            elif found := _differing(customer_id, row, rebuilt, portion):
                differences[customer_id] = Difference("differs", found)
    return Compared(states, differences)


def _differing(customer_id: UUID, row: Row, rebuilt: Statistics, portion: Portion) -> Fields:
    live = packing.decode(row["packed"])
    found = {f"statistics.{name}": pair for name, pair in _statistics(live, rebuilt).items()}
    if live != rebuilt:
        found.update(_scores(live, rebuilt, portion))
    sums = packing.row_of(CustomerState(rebuilt, row["memory"]))
    expected = dict(zip(packing.COLUMNS, sums, strict=True))
    found.update({f"columns.{name}": (row[name], expected[name]) for name in _SUMS if row[name] != expected[name]})
    memory = unpack(row["memory"])
    found.update(_last_told(portion.told.get(customer_id), memory.told))
    review = portion.reviews.get(customer_id)
    due_at = None if review is None else review["due_at"]
    if due_at != memory.due_at:
        found["review.due_at"] = (due_at, memory.due_at)
    return found


def _statistics(live: Statistics, rebuilt: Statistics) -> Fields:
    pairs = ((name, getattr(live, name), getattr(rebuilt, name)) for name in Statistics.__struct_fields__)
    return {name: _shown(old, new) for name, old, new in pairs if old != new}


def _shown(old: object, new: object) -> tuple[Any, Any]:
    """Of lists what only one side has."""
    if not (isinstance(old, tuple) and isinstance(new, tuple)):
        return msgspec.to_builtins(old), msgspec.to_builtins(new)
    sides = ([one for one in old if one not in new], [one for one in new if one not in old])
    return msgspec.to_builtins(sides[0][:_MOST_ENTRIES]), msgspec.to_builtins(sides[1][:_MOST_ENTRIES])


def _scores(live: Statistics, rebuilt: Statistics, portion: Portion) -> Fields:
    """What the score would say at this moment."""
    at = max(effective_instant(live, portion.now), effective_instant(rebuilt, portion.now))
    scores = score_many([(live, at), (rebuilt, at)], portion.context, look_ahead=False)
    old, new = (tell(one) for one in scores)
    pairs = ((name, getattr(old, name), getattr(new, name)) for name in Told.__struct_fields__)
    return {f"score.{name}": (before, after) for name, before, after in pairs if before != after}


def _last_told(row: Row | None, told: Told | None) -> Fields:
    """The list of told scores against what telling remembers."""
    if row is None or told is None:
        listed, remembered = row is not None, told is not None
        return {"told": (listed, remembered)} if listed != remembered else {}
    pairs = [(name, row[name], getattr(told, name)) for name in _TOLD if name != "churn_reasons"]
    pairs.append(("churn_reasons", tuple(row["churn_reasons"] or ()), told.churn_reasons))
    rfm = None if row["recency"] is None else (row["recency"], row["frequency"], row["monetary"])
    pairs.append(("rfm", rfm, told.rfm))
    return {f"told.{name}": (old, new) for name, old, new in pairs if old != new}
