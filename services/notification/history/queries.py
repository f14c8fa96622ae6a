"""Reading the history of triggers, in portions."""

from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncSession

from services.notification.history import repository

_PORTION = 1000


async def count_triggers(session: AsyncSession, kind: str, *, start: datetime, end: datetime) -> int:
    return await repository.count_events(session, kind, start=start, end=end)


async def count_triggered_customers(session: AsyncSession, kind: str, *, start: datetime, end: datetime) -> int:
    return await repository.count_customers(session, kind, start=start, end=end)


async def read_triggers(
    session: AsyncSession, kind: str, *, start: datetime, end: datetime
) -> AsyncIterator[Sequence[Row[Any]]]:
    """Portions of the events recorded from `start` on and before `end`, the earliest first."""
    after = None
    while rows := await repository.load_page(session, kind, start=start, end=end, after=after, limit=_PORTION):
        yield rows
        after = (rows[-1].recorded_at, rows[-1].event_id)
