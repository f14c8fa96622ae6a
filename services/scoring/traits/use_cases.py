"""Taking in what the customer service tells of customers, beside what scores rest on."""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from services.scoring.changes import use_cases as changes
from services.scoring.traits import repository
from services.scoring.traits.traits import Traits


async def keep_traits(session: AsyncSession, *, traits: Sequence[Traits]) -> None:
    """Older versions that arrive late change nothing."""
    await repository.upsert(session, traits)
    await changes.mark_changed(session, customer_ids={one.customer_id for one in traits})
