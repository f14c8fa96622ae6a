"""Reads of the feed of changed customers."""

from sqlalchemy.ext.asyncio import AsyncSession

from services.scoring.changes import repository


async def count_waiting(session: AsyncSession) -> int:
    """Customers marked and not taken yet, those marked twice counted twice."""
    return await repository.count(session)
