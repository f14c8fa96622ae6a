"""Keeping what customers were."""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from services.scoring.profiles import repository
from services.scoring.profiles.told import ToldProfile
from shared.clock import wall_now


async def keep_profiles(session: AsyncSession, *, told: Sequence[ToldProfile]) -> None:
    """In any order, and any number of times: a version counts once, and only where it says something new."""
    await repository.insert(session, told, taken_in_at=wall_now())
