"""Reads of segments: the queries, their members, and what a query would find."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from services.scoring.changes import queries as changes
from services.scoring.changes.follower import Follower
from services.scoring.facts import queries as facts
from services.scoring.segments import repository
from services.scoring.segments.freshness import Freshness
from services.scoring.segments.models import Segment, SegmentIndex
from services.scoring.segments.repository import Rows
from services.scoring.segments.vocabulary import VOCABULARY
from shared.conditions.reading import read_condition
from shared.conditions.sql import to_sql
from shared.db.session import Database
from shared.errors import NotFound

_AT_ONCE: Final = 2000


@dataclass(frozen=True, slots=True)
class Found:
    """What a query finds at present."""

    customers: int
    sample: Rows


async def get_segment(session: AsyncSession, segment_id: UUID) -> Segment:
    found = await session.get(Segment, segment_id)
    if found is None or found.state == "removing":
        raise NotFound(
            "there is no segment with this id; GET /v1/segments lists them",
            code="segment_unknown",
            segment_id=str(segment_id),
        )
    return found


async def list_segments(session: AsyncSession, *, limit: int, after: str | None) -> list[Segment]:
    """By name; `after` is the last one of the page before."""
    rows = select(Segment).where(col(Segment.state) != "removing")
    if after is not None:
        rows = rows.where(col(Segment.name) > after)
    return list(await session.scalars(rows.order_by(col(Segment.name)).limit(limit)))


async def list_members(session: AsyncSession, segment_id: UUID, *, after: UUID | None, limit: int) -> Rows:
    """By id of the customer. Raises NotFound."""
    await get_segment(session, segment_id)
    return await repository.list_members(session, segment_id, after, limit)


async def stream_members(database: Database, segment_id: UUID) -> AsyncIterator[Rows]:
    """All members in portions, each as of its own moment."""
    after: UUID | None = None
    while True:
        async with database.snapshot() as session:
            rows = await repository.list_members(session, segment_id, after, _AT_ONCE)
        yield rows
        if len(rows) < _AT_ONCE:
            return
        after = rows[-1]["customer_id"]


async def list_segments_of(session: AsyncSession, customer_id: UUID) -> Rows:
    """The segments a customer is in, by name. Raises NotFound for a customer nobody has told of."""
    await facts.demand_known(session, customer_id)
    return await repository.list_segments_of(session, customer_id)


async def read_freshness(session: AsyncSession) -> Freshness:
    index = await session.get(SegmentIndex, True)
    if index is None:
        return Freshness(filled=False, customers=0, done=0, waiting=0)
    waiting = await changes.count_waiting(session, Follower.SEGMENTS)
    return Freshness(index.filled_at is not None, index.customers, index.done, waiting)


async def preview(session: AsyncSession, condition: dict[str, Any], *, at: datetime, sample: int) -> Found:
    """Raises InvalidInput for a condition that cannot be read."""
    found = to_sql(read_condition(condition, VOCABULARY), repository.COLUMNS, at)
    customers = await repository.count_matching(session, found)
    return Found(customers, await repository.sample_matching(session, found, sample))


async def has_work(session: AsyncSession, at: datetime) -> bool:
    """Whether there is something that members may have to follow."""
    return await repository.has_work(session, at)
