"""SQL of receipts: whose message a report is about, and which reports are new."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import cast
from uuid import UUID

from sqlalchemy import Table, select, tuple_
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.notification.messages.models import Message, MessageReceipt
from services.notification.messages.receipt import Receipt, ReceiptKind

_MESSAGES = cast(Table, Message.__table__)  # type: ignore[attr-defined]
_RECEIPTS = cast(Table, MessageReceipt.__table__)  # type: ignore[attr-defined]


async def find_by_reference(
    session: AsyncSession, references: Collection[tuple[str, str | None]]
) -> Mapping[tuple[str, str | None], UUID]:
    if not references:
        return {}
    key = tuple_(_MESSAGES.c.provider, _MESSAGES.c.reference)
    rows = await session.execute(
        select(_MESSAGES.c.provider, _MESSAGES.c.reference, _MESSAGES.c.message_id).where(
            _MESSAGES.c.reference.is_not(None), key.in_(list(references))
        )
    )
    return {(row.provider, row.reference): row.message_id for row in rows}


async def owners_of(session: AsyncSession, message_ids: Collection[UUID]) -> dict[UUID, UUID]:
    """The customers of those that are messages of ours."""
    rows = await session.execute(
        select(_MESSAGES.c.message_id, _MESSAGES.c.customer_id).where(_MESSAGES.c.message_id.in_(message_ids))
    )
    return {row.message_id: row.customer_id for row in rows}


async def insert_receipts(
    session: AsyncSession, reported: Sequence[Receipt], *, at: datetime
) -> set[tuple[UUID, ReceiptKind]]:
    """Keeps what was never reported before, and returns it."""
    if not reported:
        return set()
    rows = [
        {
            "message_id": one.message_id,
            "kind": one.kind.value,
            "provider": one.provider,
            "detail": one.detail or None,
            "received_at": at,
        }
        for one in reported
    ]
    statement = insert(_RECEIPTS).on_conflict_do_nothing().returning(_RECEIPTS.c.message_id, _RECEIPTS.c.kind)
    return {(row.message_id, ReceiptKind(row.kind)) for row in await session.execute(statement, rows)}


async def standing_of(session: AsyncSession, message_id: UUID) -> str | None:
    """What stands of a message at this moment, an earlier report of the same batch included."""
    return await session.scalar(select(_MESSAGES.c.receipt).where(_MESSAGES.c.message_id == message_id))
