"""SQL for the journal: added to, never changed."""

from collections.abc import Sequence
from datetime import datetime
from typing import cast
from uuid import UUID

from sqlalchemy import Table, insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.customer.journal.entry import Entry
from services.customer.journal.models import JournalEntry

_ENTRIES = cast(Table, JournalEntry.__table__)  # type: ignore[attr-defined]


async def append_entries(
    session: AsyncSession, customer_id: UUID, entries: Sequence[Entry], *, changed_at: datetime, changed_by: str
) -> None:
    rows = [
        {
            "customer_id": customer_id,
            "subject": entry.subject,
            "before": entry.before,
            "after": entry.after,
            "reason": entry.reason,
            "changed_at": changed_at,
            "changed_by": changed_by,
        }
        for entry in entries
    ]
    if rows:
        await session.execute(insert(_ENTRIES), rows)
