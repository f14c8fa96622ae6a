"""Keeping documents, and giving codes away: each to one message, each message one."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import cast
from uuid import UUID

from sqlalchemy import Table, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.notification.offers.documents import check_document, digest_of
from services.notification.offers.models import CouponCode, Document
from shared.db.locks import advisory_key, transaction_lock

_DOCUMENTS = cast(Table, Document.__table__)  # type: ignore[attr-defined]
_CODES = cast(Table, CouponCode.__table__)  # type: ignore[attr-defined]


async def store_document(session: AsyncSession, content: bytes, media_type: str, *, by: str, now: datetime) -> str:
    """Keeps it under its digest, which is returned; the same content again changes nothing. Raises InvalidInput."""
    check_document(content, media_type)
    row = {
        "digest": digest_of(content),
        "media_type": media_type,
        "size": len(content),
        "content": content,
        "uploaded_by": by,
        "uploaded_at": now,
    }
    await session.execute(insert(_DOCUMENTS).on_conflict_do_nothing(), [row])
    return str(row["digest"])


async def add_codes(session: AsyncSession, name: str, codes: Sequence[str], *, by: str, now: datetime) -> int:
    """Puts codes on a list, which there is with its first; returns how many were not on it yet."""
    rows = [{"list_name": name, "code": code, "added_by": by, "added_at": now} for code in dict.fromkeys(codes)]
    added = await session.scalars(insert(_CODES).on_conflict_do_nothing().returning(_CODES.c.code), rows)
    return len(added.all())


async def give_codes(session: AsyncSession, wanted: Mapping[UUID, str], *, now: datetime) -> dict[UUID, str]:
    """A code for each message from the list it names; one that has a code keeps it, one that finds none is left out.

    The lists are locked one after the other, so that the last code is not missed while another worker has it in hand
    and gives it back.
    """
    if not wanted:
        return {}
    given = await _given(session, wanted)
    for name in sorted({wanted[message] for message in wanted if message not in given}):
        await transaction_lock(session, advisory_key("coupons", name))
        messages = [message for message in sorted(wanted) if wanted[message] == name and message not in given]
        free = await _free(session, name, len(messages))
        for message, code in zip(messages, free, strict=False):
            given[message] = code
            this = (_CODES.c.list_name == name) & (_CODES.c.code == code)
            await session.execute(update(_CODES).where(this).values(message_id=message, given_at=now))
    return given


async def take_back(session: AsyncSession, message_ids: Collection[UUID]) -> None:
    """Codes of messages that will not be sent, and said nothing yet, are free again."""
    if message_ids:
        mine = _CODES.c.message_id.in_(message_ids)
        await session.execute(update(_CODES).where(mine).values(message_id=None, given_at=None))


async def _given(session: AsyncSession, message_ids: Collection[UUID]) -> dict[UUID, str]:
    rows = await session.execute(select(_CODES.c.message_id, _CODES.c.code).where(_CODES.c.message_id.in_(message_ids)))
    return {row.message_id: row.code for row in rows}


async def _free(session: AsyncSession, name: str, count: int) -> list[str]:
    free = select(_CODES.c.code).where(_CODES.c.list_name == name, _CODES.c.message_id.is_(None))
    return list(await session.scalars(free.order_by(_CODES.c.position).limit(count)))
