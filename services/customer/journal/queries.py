"""Reading the journal."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.customer.journal.models import JournalEntry
from services.customer.journal.schemas import JournalEntryRead
from shared.web.pagination import Page, PageParams, decode_cursor, encode_cursor


async def list_entries(
    session: AsyncSession, customer_id: UUID, page: PageParams, *, subject: str | None
) -> Page[JournalEntryRead]:
    """What was changed of a customer, the last change first."""
    query = select(JournalEntry).where(col(JournalEntry.customer_id) == customer_id)
    if subject is not None:
        query = query.where(col(JournalEntry.subject) == subject)
    if page.cursor is not None:
        (last,) = decode_cursor(page.cursor, int)
        query = query.where(col(JournalEntry.entry_id) < last)
    query = query.order_by(col(JournalEntry.entry_id).desc()).limit(page.limit + 1)
    rows = list(await session.scalars(query))
    items = [JournalEntryRead.model_validate(row) for row in rows[: page.limit]]
    more = len(rows) > page.limit
    return Page(items=items, next_cursor=encode_cursor(rows[page.limit - 1].entry_id) if more else None)
