"""Writing down who changed what, in the transaction that changes it."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.customer.journal import repository
from services.customer.journal.entry import Entry

__all__ = ["Entry", "note_changes"]


async def note_changes(
    session: AsyncSession, customer_id: UUID, entries: Sequence[Entry], *, changed_at: datetime, changed_by: str
) -> None:
    """Appends the entries in their order. The caller holds the customer's lock."""
    await repository.append_entries(session, customer_id, entries, changed_at=changed_at, changed_by=changed_by)
