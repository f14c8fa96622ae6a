"""Taking in what the customer service tells of customers, beside what scores rest on."""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from services.scoring.traits import repository
from services.scoring.traits.traits import Traits


async def keep_traits(session: AsyncSession, *, traits: Sequence[Traits]) -> None:
    """Older versions that arrive late change nothing. Whoever takes in the profiles marks the customers as changed."""
    await repository.upsert(session, traits)
