"""Keeping what was told."""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from services.scoring.history import repository
from services.scoring.history.told import KeptScore
from shared.clock import wall_now


async def keep(session: AsyncSession, *, scores: Sequence[KeptScore]) -> None:
    """Adds scores to the history, in the transaction that tells them; of a customer one at most."""
    if scores:
        await repository.insert(session, scores, told_at=wall_now())
