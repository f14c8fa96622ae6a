"""SQL of the calendar. The customers' rows are locked by the caller, unless said otherwise."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from sqlalchemy import Table, delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.notification.occasions.basis import OccasionKey
from services.notification.occasions.models import FirstPurchase, Occasion
from services.notification.values import OccasionKind

_OCCASIONS = cast(Table, Occasion.__table__)  # type: ignore[attr-defined]
_FIRST_PURCHASES = cast(Table, FirstPurchase.__table__)  # type: ignore[attr-defined]
_KEY = ("customer_id", "kind", "subject")


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
        .order_by(_OCCASIONS.c.next_due_at, *(_OCCASIONS.c[name] for name in _KEY))
        .execution_options(populate_existing=True)  # rows are written by statements, past the session's memory
    )
    return rows.all()


async def load_occasions(
    session: AsyncSession, customer_ids: Collection[UUID]
) -> dict[UUID, dict[OccasionKey, Occasion]]:
    rows = await session.scalars(
        select(Occasion).where(_OCCASIONS.c.customer_id.in_(customer_ids)).execution_options(populate_existing=True)
    )
    found: dict[UUID, dict[OccasionKey, Occasion]] = {}
    for row in rows:
        found.setdefault(row.customer_id, {})[OccasionKey(OccasionKind(row.kind), row.subject)] = row
    return found


async def save_occasions(session: AsyncSession, rows: Sequence[dict[str, Any]]) -> None:
    if not rows:
        return
    incoming = insert(_OCCASIONS)
    changes = {name: incoming.excluded[name] for name in _OCCASIONS.c.keys() if name not in _KEY}  # noqa: SIM118
    await session.execute(incoming.on_conflict_do_update(index_elements=_KEY, set_=changes), rows)


async def load_first_purchases(session: AsyncSession, customer_ids: Collection[UUID]) -> dict[UUID, datetime]:
    rows = await session.execute(select(_FIRST_PURCHASES).where(_FIRST_PURCHASES.c.customer_id.in_(customer_ids)))
    return {row.customer_id: row.at for row in rows}


async def save_first_purchases(session: AsyncSession, firsts: Sequence[FirstPurchase]) -> None:
    if not firsts:
        return
    incoming = insert(_FIRST_PURCHASES)
    await session.execute(
        incoming.on_conflict_do_update(index_elements=["customer_id"], set_={"at": incoming.excluded.at}),
        [one.model_dump() for one in firsts],
    )


async def delete_subjects(session: AsyncSession, customer_id: UUID, subjects: Collection[str]) -> None:
    await session.execute(
        delete(_OCCASIONS).where(_OCCASIONS.c.customer_id == customer_id, _OCCASIONS.c.subject.in_(subjects))
    )


async def delete_occasions(session: AsyncSession, customer_ids: Collection[UUID]) -> None:
    for table in (_OCCASIONS, _FIRST_PURCHASES):
        await session.execute(delete(table).where(table.c.customer_id.in_(customer_ids)))
