"""Who enters and who leaves which segment, and when time alone may next change it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from services.scoring.segments.subject import Subject
from shared.conditions.condition import Condition, holds, next_change
from shared.contracts.scoring import SegmentEntered, SegmentLeft
from shared.messaging.outbox import NewEvent
from shared.twins import twin_of

_Entered: Final = twin_of(SegmentEntered)
_Left: Final = twin_of(SegmentLeft)


@dataclass(frozen=True, slots=True)
class Query:
    """A segment with its condition read."""

    segment_id: UUID
    name: str
    revision: int
    condition: Condition


@dataclass(frozen=True, slots=True)
class Move:
    """A customer who `entered` a segment, or left it."""

    customer_id: UUID
    segment_id: UUID
    entered: bool


@dataclass(frozen=True, slots=True)
class Judgement:
    """What changed, and per customer the first later instant at which time alone may change more."""

    moves: Sequence[Move]
    next_at: Mapping[UUID, datetime | None]


def judge(
    subjects: Mapping[UUID, Subject], queries: Collection[Query], before: Mapping[UUID, Collection[UUID]], at: datetime
) -> Judgement:
    """`before`: the segments each customer was in, of those asked."""
    moves: list[Move] = []
    next_at: dict[UUID, datetime | None] = {}
    for customer_id, subject in subjects.items():
        was_in = before.get(customer_id, ())
        for query in queries:
            is_in = holds(query.condition, subject, at)
            if is_in != (query.segment_id in was_in):
                moves.append(Move(customer_id, query.segment_id, is_in))
        turning = (next_change(query.condition, subject, at) for query in queries)
        next_at[customer_id] = min((instant for instant in turning if instant is not None), default=None)
    return Judgement(moves, next_at)


def bring_forward(subjects: Mapping[UUID, Subject], judgement: Judgement) -> dict[UUID, datetime | None]:
    """Customers whom a query that is new makes worth a look earlier than `next_at` of their subjects."""
    return {
        customer_id: at
        for customer_id, at in judgement.next_at.items()
        if at is not None and ((known := subjects[customer_id]["next_at"]) is None or at < known)
    }


def announce(
    moves: Sequence[Move], names: Mapping[UUID, tuple[str, int]], at: datetime, *, silent: Mapping[UUID, bool]
) -> list[NewEvent]:
    """`names`: (name, revision) by segment. `silent`: by customer, whether nobody should be written to because of
    it."""
    events = []
    for move in moves:
        name, revision = names[move.segment_id]
        data = (_Entered if move.entered else _Left)(
            customer_id=move.customer_id,
            segment_id=move.segment_id,
            segment=name,
            revision=revision,
            as_of=at,
            silent=silent[move.customer_id],
        )
        events.append(NewEvent(data=data, customer_id=move.customer_id, time=at))
    return events
