"""SQL of the calendar. The customers' rows are locked by the caller, unless said otherwise."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from sqlalchemy import Table, delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.notification.occasions.models import Occasion

_OCCASIONS = cast(Table, Occasion.__table__)  # type: ignore[attr-defined]

BIRTHDAY = "birthday"


async def find_due_customers(session: AsyncSession, *, now: datetime, limit: int) -> list[UUID]:
    """Customers with something due, longest first; nothing is locked. Read from the index of due instants alone."""
    rows = await session.scalars(
        select(_OCCASIONS.c.customer_id)
        .where(_OCCASIONS.c.next_due_at <= now)
        .order_by(_OCCASIONS.c.next_due_at, _OCCASIONS.c.customer_id)
        .limit(limit)
    )
    return list(rows)


async def load_due(session: AsyncSession, customer_ids: Collection[UUID], *, now: datetime) -> Sequence[Occasion]:
    rows = await session.scalars(
        select(Occasion)
        .where(_OCCASIONS.c.customer_id.in_(customer_ids), _OCCASIONS.c.next_due_at <= now)
        .order_by(_OCCASIONS.c.next_due_at, _OCCASIONS.c.customer_id)
        .execution_options(populate_existing=True)  # rows are written by statements, past the session's memory
    )
    return rows.all()


async def load_occasions(session: AsyncSession, customer_ids: Collection[UUID]) -> dict[UUID, Occasion]:
    rows = await session.scalars(
        select(Occasion)
        .where(_OCCASIONS.c.customer_id.in_(customer_ids), _OCCASIONS.c.kind == BIRTHDAY)
        .execution_options(populate_existing=True)
    )
    return {row.customer_id: row for row in rows}


async def save_occasions(session: AsyncSession, rows: Sequence[dict[str, Any]]) -> None:
    if not rows:
        return
    incoming = insert(_OCCASIONS)
    names = ("next_day", "next_due_at", "year", "last_year", "obstacle", "birth", "time_zone")
    await session.execute(
        incoming.on_conflict_do_update(
            index_elements=["customer_id", "kind"], set_={name: incoming.excluded[name] for name in names}
        ),
        rows,
    )


async def delete_occasions(session: AsyncSession, customer_ids: Collection[UUID]) -> None:
    await session.execute(delete(_OCCASIONS).where(_OCCASIONS.c.customer_id.in_(customer_ids)))
