"""Reading the calendar of occasions."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.notification.occasions.models import Occasion
from services.notification.occasions.schemas import OccasionRead, ProgressRead
from shared.web.pagination import Page, PageParams, decode_cursor, encode_cursor

_INSTANT_BEFORE = timedelta(microseconds=1)


async def get_progress(session: AsyncSession, *, now: datetime) -> ProgressRead:
    """How far planning is, read from the calendar itself: what was decided on has moved on to its next occurrence."""
    due_at = col(Occasion.next_due_at)
    backlog, oldest = (await session.execute(select(func.count(), func.min(due_at)).where(due_at <= now))).one()
    return ProgressRead(
        now=now,
        planned_until=now if oldest is None else oldest - _INSTANT_BEFORE,
        next_due_at=await session.scalar(select(func.min(due_at)).where(due_at > now)),
        backlog=backlog,
    )


async def list_occasions(
    session: AsyncSession, *, start: datetime, end: datetime, page: PageParams
) -> Page[OccasionRead]:
    """Each customer's next occasion, where it falls due from `start` on and before `end`; the earliest first."""
    due_at, customer_id = col(Occasion.next_due_at), col(Occasion.customer_id)
    query = select(Occasion).where(due_at >= start, due_at < end)
    if page.cursor is not None:
        query = query.where(tuple_(due_at, customer_id) > tuple_(*decode_cursor(page.cursor, datetime, UUID)))
    rows = (await session.scalars(query.order_by(due_at, customer_id).limit(page.limit + 1))).all()
    items = [OccasionRead.model_validate(row) for row in rows[: page.limit]]
    more = len(rows) > page.limit
    return Page(items=items, next_cursor=encode_cursor(items[-1].next_due_at, items[-1].customer_id) if more else None)
