"""Reads of what customers were."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.scoring.facts.profile import Profile
from services.scoring.profiles import repository


async def find_profile(
    session: AsyncSession, customer_id: UUID, *, at: datetime | None, known_at: datetime | None
) -> Profile | None:
    """The profile at an instant of business time; before the first one that was told, the first one. With `known_at`
    (by the wall clock) only from what had been taken in by then: None where nothing had."""
    found = await repository.find(session, customer_id, at=at, known_at=known_at)
    return found or await repository.find_first(session, customer_id, known_at=known_at)
