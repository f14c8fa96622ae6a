"""Keeping the history of triggers, and forgetting it: with its customer, and after its time."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.notification.history import repository
from services.notification.history.remembered import Remembered

_ROWS_AT_ONCE = 1000


async def remember(session: AsyncSession, events: Sequence[Remembered]) -> None:
    """Keeps each event once; the customers are locked and not erased."""
    if events:
        await repository.insert_events(session, [one._asdict() for one in events])


async def forget_history(session: AsyncSession, customer_ids: Collection[UUID]) -> None:
    if customer_ids:
        await repository.delete_of(session, customer_ids)


async def prune_history(session: AsyncSession, *, before: datetime) -> bool:
    """Forgets what was recorded before, a portion at a time; True when there may be more."""
    return await repository.delete_before(session, before, most=_ROWS_AT_ONCE) == _ROWS_AT_ONCE
