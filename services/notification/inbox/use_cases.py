"""Changes to the inbox: items are laid down, read and forgotten."""

from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import cast
from uuid import UUID

from sqlalchemy import Table, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.notification.inbox.models import InboxItem
from shared.errors import NotFound

_ITEMS = cast(Table, InboxItem.__table__)  # type: ignore[attr-defined]


@dataclass(frozen=True, slots=True, kw_only=True)
class NewItem:
    item_id: UUID
    customer_id: UUID
    rule: str
    language: str
    subject: str
    body: str
    created_at: datetime


async def put_items(session: AsyncSession, items: Sequence[NewItem]) -> None:
    """An item that is there already stays as it is."""
    if items:
        await session.execute(insert(_ITEMS).on_conflict_do_nothing(), [asdict(item) for item in items])


async def mark_read(session: AsyncSession, *, customer_id: UUID, item_id: UUID, at: datetime) -> InboxItem:
    """Reading again keeps the first time. Raises NotFound."""
    await session.execute(
        update(_ITEMS)
        .where(_ITEMS.c.item_id == item_id, _ITEMS.c.customer_id == customer_id)
        .values(read_at=func.coalesce(_ITEMS.c.read_at, at))
    )
    item = await session.scalar(select(InboxItem).filter_by(item_id=item_id, customer_id=customer_id))
    if item is None:
        raise NotFound(
            "this customer's inbox has no such item; list it to see what it has",
            code="inbox_item_not_found",
            item_id=str(item_id),
        )
    return item


async def forget_items(session: AsyncSession, customer_ids: Collection[UUID]) -> None:
    if customer_ids:
        await session.execute(delete(_ITEMS).where(_ITEMS.c.customer_id.in_(customer_ids)))
