"""Reading handovers."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from sqlalchemy import select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.customer.ownership.models import Handover
from services.customer.ownership.schemas import HandoverRead
from shared.web.pagination import Page, PageParams, decode_cursor, encode_cursor

HandoverState = Literal["open", "overdue", "completed"]


async def list_handovers(
    session: AsyncSession,
    page: PageParams,
    *,
    now: datetime,
    state: HandoverState | None,
    owner_id: str | None,
    customer_id: UUID | None,
) -> Page[HandoverRead]:
    """Those that match, the one due first at the beginning."""
    place = tuple_(col(Handover.due_at), col(Handover.handover_id))
    query = select(Handover).order_by(*place).limit(page.limit + 1)
    if state is not None:
        done = col(Handover.completed_at)
        query = query.where(done.is_not(None) if state == "completed" else done.is_(None))
    if state == "overdue":
        query = query.where(col(Handover.due_at) < now)
    if owner_id is not None:
        query = query.where(col(Handover.to_owner_id) == owner_id)
    if customer_id is not None:
        query = query.where(col(Handover.customer_id) == customer_id)
    if page.cursor is not None:
        query = query.where(place > decode_cursor(page.cursor, datetime, UUID))
    rows = list(await session.scalars(query))
    shown = rows[: page.limit]
    more = len(rows) > page.limit
    return Page(
        items=[handover_read(row, now) for row in shown],
        next_cursor=encode_cursor(shown[-1].due_at, shown[-1].handover_id) if more else None,
    )


def handover_read(row: Handover, now: datetime) -> HandoverRead:
    overdue = row.completed_at is None and row.due_at < now
    return HandoverRead.model_validate({**row.model_dump(), "overdue": overdue})
