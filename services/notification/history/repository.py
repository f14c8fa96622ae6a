"""SQL of the history of triggers."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from sqlalchemy import Row, Table, delete, func, select, tuple_
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.notification.history.models import TriggerEvent

_EVENTS = cast(Table, TriggerEvent.__table__)  # type: ignore[attr-defined]


async def insert_events(session: AsyncSession, rows: Sequence[dict[str, Any]]) -> None:
    await session.execute(insert(_EVENTS).on_conflict_do_nothing(), rows)


async def delete_of(session: AsyncSession, customer_ids: Collection[UUID]) -> None:
    await session.execute(delete(_EVENTS).where(_EVENTS.c.customer_id.in_(customer_ids)))


async def delete_before(session: AsyncSession, before: datetime, *, most: int) -> int:
    """Deletes up to `most` of the oldest, and returns how many."""
    key = tuple_(_EVENTS.c.customer_id, _EVENTS.c.event_id)
    oldest = (
        select(_EVENTS.c.customer_id, _EVENTS.c.event_id)
        .where(_EVENTS.c.recorded_at < before)
        .order_by(_EVENTS.c.recorded_at)
        .limit(most)
    )
    gone = await session.scalars(delete(_EVENTS).where(key.in_(oldest)).returning(_EVENTS.c.event_id))
    return len(gone.all())


async def count_events(session: AsyncSession, kind: str, *, start: datetime, end: datetime) -> int:
    counted = select(func.count()).where(_EVENTS.c.kind == kind, *_within(start, end))
    return await session.scalar(counted) or 0


async def count_customers(session: AsyncSession, kind: str, *, start: datetime, end: datetime) -> int:
    distinct = func.count(_EVENTS.c.customer_id.distinct())
    return await session.scalar(select(distinct).where(_EVENTS.c.kind == kind, *_within(start, end))) or 0


async def load_page(
    session: AsyncSession, kind: str, *, start: datetime, end: datetime, after: tuple[datetime, str] | None, limit: int
) -> Sequence[Row[Any]]:
    """Events of a kind in the order in which they were recorded."""
    query = select(_EVENTS).where(_EVENTS.c.kind == kind, *_within(start, end))
    if after is not None:
        query = query.where(tuple_(_EVENTS.c.recorded_at, _EVENTS.c.event_id) > tuple_(*after))
    rows = await session.execute(query.order_by(_EVENTS.c.recorded_at, _EVENTS.c.event_id).limit(limit))
    return list(rows.all())


def _within(start: datetime, end: datetime) -> tuple[Any, Any]:
    return _EVENTS.c.recorded_at >= start, _EVENTS.c.recorded_at < end
