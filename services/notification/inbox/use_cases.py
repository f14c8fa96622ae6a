"""Changes to the inbox: items are laid down, read and forgotten."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import cast
from uuid import UUID

from sqlalchemy import Table, delete, func, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.notification.inbox.models import InboxItem
from shared.errors import NotFound

NEWS_CHANNEL = "notification_inbox"
"""The NOTIFY channel on which each change of an inbox is told, by its customer's id."""

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
    """An item that is there already stays as it is. The customers are locked."""
    if items:
        await session.execute(insert(_ITEMS).on_conflict_do_nothing(), [asdict(item) for item in items])
        await _announce(session, {item.customer_id for item in items})


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
    await _announce(session, [customer_id])
    return item


async def mark_all_read(session: AsyncSession, *, customer_id: UUID, until: datetime | None, at: datetime) -> int:
    """What lay there at `until` (all, without it) is read; returns how many items were unread before."""
    unread = [_ITEMS.c.customer_id == customer_id, _ITEMS.c.read_at.is_(None)]
    if until is not None:
        unread.append(_ITEMS.c.created_at <= until)
    marked = await session.scalars(update(_ITEMS).where(*unread).values(read_at=at).returning(_ITEMS.c.item_id))
    count = len(marked.all())
    if count:
        await _announce(session, [customer_id])
    return count


async def _announce(session: AsyncSession, customer_ids: Iterable[UUID]) -> None:
    """Wakes the streams of these inboxes when the transaction commits."""
    told = text("SELECT pg_notify(:channel, whose) FROM unnest(CAST(:inboxes AS text[])) AS one (whose)")
    await session.execute(told, {"channel": NEWS_CHANNEL, "inboxes": sorted(map(str, customer_ids))})


async def forget_items(session: AsyncSession, customer_ids: Collection[UUID]) -> None:
    if customer_ids:
        await session.execute(delete(_ITEMS).where(_ITEMS.c.customer_id.in_(customer_ids)))
