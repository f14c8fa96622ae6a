"""SQL of the record of customers' own decisions: added to, never changed."""

from datetime import datetime
from typing import Any, cast
from uuid import UUID

from sqlalchemy import Table, func, insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.notification.preferences.models import PreferenceChange

_CHANGES = cast(Table, PreferenceChange.__table__)  # type: ignore[attr-defined]


async def append_change(session: AsyncSession, values: dict[str, Any]) -> None:
    await session.execute(insert(_CHANGES), [values])


async def count_changes(session: AsyncSession, customer_id: UUID, *, since: datetime) -> int:
    mine = (_CHANGES.c.customer_id == customer_id) & (_CHANGES.c.at > since)
    return await session.scalar(select(func.count()).select_from(_CHANGES).where(mine)) or 0
