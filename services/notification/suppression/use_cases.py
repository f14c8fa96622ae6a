"""Putting addresses on the suppression list, and taking them off again."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import cast
from uuid import UUID

from sqlalchemy import Table, delete
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.notification.suppression.models import Suppression
from services.notification.suppression.reasons import SuppressionReason
from services.notification.suppression.spelling import normalised, suppression_id_of
from shared.contracts.common import Channel
from shared.errors import NotFound

_SUPPRESSIONS = cast(Table, Suppression.__table__)  # type: ignore[attr-defined]


@dataclass(frozen=True, slots=True, kw_only=True)
class NewSuppression:
    channel: Channel
    address: str
    reason: SuppressionReason
    source: str
    created_at: datetime
    note: str | None = None
    customer_id: UUID | None = None


async def suppress(session: AsyncSession, news: Sequence[NewSuppression]) -> None:
    """An address that is on the list already keeps its first reason."""
    if news:
        rows = [
            {
                "suppression_id": suppression_id_of(one.channel, one.address),
                "channel": one.channel.value,
                "address": normalised(one.channel, one.address),
                "reason": one.reason.value,
                "source": one.source,
                "note": one.note,
                "customer_id": one.customer_id,
                "created_at": one.created_at,
            }
            for one in news
        ]
        await session.execute(insert(_SUPPRESSIONS).on_conflict_do_nothing(), rows)


async def release_address(session: AsyncSession, suppression_id: UUID) -> None:
    """Raises NotFound unless the address was on the list."""
    mine = _SUPPRESSIONS.c.suppression_id == suppression_id
    if await session.scalar(delete(_SUPPRESSIONS).where(mine).returning(_SUPPRESSIONS.c.channel)) is None:
        raise NotFound(
            "nothing of this id is on the suppression list; list it to see what is", code="suppression_not_found"
        )


async def forget_suppressions(session: AsyncSession, customer_ids: Collection[UUID]) -> None:
    """What is known of erased customers goes; their addresses are gone too, so nothing could be sent to them."""
    if customer_ids:
        await session.execute(delete(_SUPPRESSIONS).where(_SUPPRESSIONS.c.customer_id.in_(customer_ids)))
