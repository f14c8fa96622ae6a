"""The feed of changed customers: marked in the transaction that changes them, forgotten by the one that follows them.

Whoever follows reads what it needs of a customer itself, so that ten changes in a row are one look.
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.scoring.changes import repository
from services.scoring.changes.follower import Follower


async def mark_changed(session: AsyncSession, *, customer_ids: Collection[UUID], silent: bool = False) -> None:
    """Of customers of whom something else than their statistics changed: writing those marks by itself, for every
    follower. Nothing is written while nobody follows."""
    if customer_ids:
        await repository.mark(session, Follower.SEGMENTS, customer_ids, silent=silent)


async def follow(session: AsyncSession, follower: Follower, *, at: datetime) -> None:
    """From the commit on every transaction marks whom it changes; those that began before have ended by now. Waits for
    them, and whoever comes later waits behind."""
    await repository.hold_marks(session)
    await repository.open_feed(session, follower, at)


async def stop_following(session: AsyncSession, follower: Follower) -> None:
    """Forgets what was marked, too, but for what somebody marks at this moment; following again does."""
    await repository.close_feed(session, follower)


async def forget_changes(session: AsyncSession, follower: Follower, *, change_ids: Sequence[int]) -> None:
    """They have been looked at."""
    await repository.forget(session, follower, change_ids)
