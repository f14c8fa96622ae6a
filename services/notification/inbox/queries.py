"""Reading an inbox."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.notification.inbox.models import InboxItem
from services.notification.inbox.schemas import InboxItemRead, InboxPage
from shared.web.pagination import PageParams, decode_cursor, encode_cursor


async def list_items(
    session: AsyncSession, customer_id: UUID, page: PageParams, *, unread_only: bool = False
) -> InboxPage:
    """The newest first; an inbox nobody ever wrote to is empty."""
    order = tuple_(col(InboxItem.created_at), col(InboxItem.item_id))
    query = select(InboxItem).where(col(InboxItem.customer_id) == customer_id)
    if unread_only:
        query = query.where(col(InboxItem.read_at).is_(None))
    if page.cursor is not None:
        query = query.where(order < tuple_(*decode_cursor(page.cursor, datetime, UUID)))
    ordered = query.order_by(col(InboxItem.created_at).desc(), col(InboxItem.item_id).desc())
    rows = (await session.scalars(ordered.limit(page.limit + 1))).all()
    items = [InboxItemRead.model_validate(row) for row in rows[: page.limit]]
    more = len(rows) > page.limit
    return InboxPage(
        items=items,
        next_cursor=encode_cursor(items[-1].created_at, items[-1].item_id) if more else None,
        unread=await count_unread(session, customer_id),
    )


async def count_unread(session: AsyncSession, customer_id: UUID) -> int:
    unread = select(func.count()).where(col(InboxItem.customer_id) == customer_id, col(InboxItem.read_at).is_(None))
    return await session.scalar(unread) or 0


async def last_place(session: AsyncSession, customer_id: UUID) -> int:
    """Behind everything that lies there now; 0 for an inbox nobody ever wrote to."""
    return await session.scalar(select(func.max(InboxItem.place)).where(col(InboxItem.customer_id) == customer_id)) or 0


async def items_after(
    session: AsyncSession, customer_id: UUID, place: int, *, limit: int
) -> list[tuple[int, InboxItemRead]]:
    """What was laid down after `place`, in that order, each with its own."""
    rows = await session.scalars(
        select(InboxItem)
        .where(col(InboxItem.customer_id) == customer_id, col(InboxItem.place) > place)
        .order_by(col(InboxItem.place))
        .limit(limit)
    )
    return [(row.place or 0, InboxItemRead.model_validate(row)) for row in rows]
