"""The feed of changed customers: marked in the transaction that changes them, taken by the one that follows them.

Whoever follows reads what it needs of a customer itself, so that ten changes in a row are one look.
"""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.scoring.changes import repository


async def mark_changed(session: AsyncSession, *, customer_ids: Collection[UUID], silent: bool = False) -> None:
    """Nothing is written while nobody follows."""
    if customer_ids:
        await repository.mark(session, customer_ids, silent=silent)


async def open_feed(session: AsyncSession, *, opened_at: datetime) -> None:
    """From its commit on, transactions that begin to write mark whom they change. Once opened it stays open."""
    await repository.open_feed(session, opened_at)


async def take_changed(session: AsyncSession, *, limit: int) -> dict[UUID, bool]:
    """Customers marked longest ago, about `limit` of them, and whether all that changed them was silent."""
    taken: dict[UUID, bool] = {}
    for customer_ids, silent in await repository.take(session, limit):
        for customer_id in customer_ids:
            taken[customer_id] = taken.get(customer_id, True) and silent
    return taken
