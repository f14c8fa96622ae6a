"""Writing, changing and removing segments. Members follow in the background."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, func, select

from services.scoring.changes import use_cases as changes
from services.scoring.changes.follower import Follower
from services.scoring.segments import queries, repository
from services.scoring.segments.models import Segment, SegmentIndex
from services.scoring.segments.vocabulary import VOCABULARY
from shared.conditions.reading import read_condition
from shared.errors import Conflict, PreconditionFailed
from shared.ids import uuid7

MOST_SEGMENTS: Final = 500
"""Each is asked about every customer that changes."""


@dataclass(frozen=True, slots=True)
class Draft:
    """What people write of a segment."""

    name: str
    description: str | None
    condition: dict[str, Any]


async def create_segment(session: AsyncSession, *, draft: Draft, author: str, now: datetime) -> Segment:
    """Raises InvalidInput for a condition that cannot be read, Conflict for a name that is taken."""
    read_condition(draft.condition, VOCABULARY)
    await open_index(session, now=now)
    await _demand_room(session)
    await _demand_free(session, draft.name)
    segment = Segment(
        segment_id=uuid7(),
        name=draft.name,
        description=draft.description,
        condition=draft.condition,
        revision=1,
        state="computing",
        created_at=now,
        created_by=author,
        changed_at=now,
        changed_by=author,
    )
    session.add(segment)
    await session.flush()
    return segment


async def change_segment(
    session: AsyncSession, segment_id: UUID, *, expected: int, change: dict[str, Any], author: str, now: datetime
) -> Segment:
    """`change`: name, description and condition, as far as given. Another condition asks everybody anew.

    Raises NotFound, PreconditionFailed (`version_conflict`), InvalidInput or Conflict.
    """
    segment = await _held(session, segment_id, expected)
    if "name" in change and change["name"] != segment.name:
        await _demand_free(session, change["name"])
        segment.name = change["name"]
    if "description" in change:
        segment.description = change["description"]
    if "condition" in change and change["condition"] != segment.condition:
        read_condition(change["condition"], VOCABULARY)
        segment.condition = change["condition"]
        segment.state, segment.after_customer, segment.done, segment.computed_at = "computing", None, 0, None
    segment.revision += 1
    segment.changed_at, segment.changed_by = now, author
    await session.flush()
    return segment


async def remove_segment(session: AsyncSession, segment_id: UUID, *, expected: int) -> None:
    """From its commit on nobody finds it; the members leave in the background. Raises NotFound or
    PreconditionFailed."""
    segment = await _held(session, segment_id, expected)
    segment.state = "removing"


async def open_index(session: AsyncSession, *, now: datetime) -> None:
    """From the first preview or segment on, everybody is kept as the queries see them."""
    if await session.get(SegmentIndex, True) is None:
        await changes.follow(session, Follower.SEGMENTS, at=now)
        if await session.get(SegmentIndex, True) is None:
            session.add(SegmentIndex(opened_at=now, customers=await repository.count_everybody(session)))
            await session.flush()


async def _held(session: AsyncSession, segment_id: UUID, expected: int) -> Segment:
    await repository.suspend_keeping(session)
    segment = await queries.get_segment(session, segment_id)
    if segment.revision != expected:
        raise PreconditionFailed(
            f"the segment was changed since: it is at revision {segment.revision}; read it again and decide anew",
            code="version_conflict",
            field="If-Match",
            revision=segment.revision,
        )
    return segment


async def _demand_room(session: AsyncSession) -> None:
    await repository.suspend_keeping(session)
    kept = await session.scalar(select(func.count()).select_from(Segment).where(col(Segment.state) != "removing")) or 0
    if kept >= MOST_SEGMENTS:
        raise Conflict(
            f"there are {kept} segments, as many as are kept current; remove one that nobody uses", code="segments_full"
        )


async def _demand_free(session: AsyncSession, name: str) -> None:
    taken = select(Segment.segment_id).where(col(Segment.name) == name, col(Segment.state) != "removing")
    found = await session.scalar(taken)
    if found is not None:
        raise Conflict(
            "another segment has this name; choose another one, or change that segment",
            code="segment_name_taken",
            field="name",
            segment_id=str(found),
        )
