"""Reading the suppression list."""

from collections.abc import Collection
from datetime import datetime
from typing import cast
from uuid import UUID

from sqlalchemy import Table, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from services.notification.suppression.models import Suppression
from services.notification.suppression.schemas import SuppressionRead
from services.notification.suppression.spelling import suppression_id_of
from shared.contracts.common import Channel
from shared.web.pagination import Page, PageParams, decode_cursor, encode_cursor

_SUPPRESSIONS = cast(Table, Suppression.__table__)  # type: ignore[attr-defined]
_AT, _ID = _SUPPRESSIONS.c.created_at, _SUPPRESSIONS.c.suppression_id


async def find_suppressed(
    session: AsyncSession, addresses: Collection[tuple[Channel, str]]
) -> frozenset[tuple[Channel, str]]:
    """Those of the addresses, as they are spelt there, that are on the list."""
    if not addresses:
        return frozenset()
    ids = {one: suppression_id_of(*one) for one in addresses}
    wanted = select(_SUPPRESSIONS.c.suppression_id).where(_SUPPRESSIONS.c.suppression_id.in_(sorted(ids.values())))
    listed = set(await session.scalars(wanted))
    return frozenset(one for one, suppression_id in ids.items() if suppression_id in listed)


async def list_suppressions(
    session: AsyncSession, page: PageParams, *, channel: Channel | None, address: str | None
) -> Page[SuppressionRead]:
    """The latest first."""
    query = select(_SUPPRESSIONS)
    if channel is not None:
        query = query.where(_SUPPRESSIONS.c.channel == channel.value)
    if address is not None:
        query = query.where(_ID.in_([suppression_id_of(one, address) for one in Channel]))
    if page.cursor is not None:
        query = query.where(tuple_(_AT, _ID) < tuple_(*decode_cursor(page.cursor, datetime, UUID)))
    rows = list(await session.execute(query.order_by(_AT.desc(), _ID.desc()).limit(page.limit + 1)))
    items = [SuppressionRead.model_validate(row) for row in rows[: page.limit]]
    more = len(rows) > page.limit
    return Page(
        items=items, next_cursor=encode_cursor(items[-1].created_at, items[-1].suppression_id) if more else None
    )
