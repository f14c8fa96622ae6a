"""Putting right what is told of customers whose statistics were found to be wrong."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.scoring.facts import use_cases as facts
from services.scoring.scores import repository
from services.scoring.scores.announcement import Occasion
from services.scoring.scores.memory import unpack
from services.scoring.scores.use_cases.telling import Teller, rescore_and_tell


async def mend_told(session: AsyncSession, *, customer_ids: Sequence[UUID], teller: Teller, occasion: Occasion) -> int:
    """Lists the scores of these customers as they were told, and tells those that have changed; who has no facts has
    no score. Returns how many were told of. The history of what was told stays as it is."""
    states = await facts.lock_customers(session, customer_ids=customer_ids)
    memories = {customer_id: unpack(state.memory) for customer_id, state in states.items()}
    told = {customer_id: memory.told for customer_id, memory in memories.items() if memory.told is not None}
    await repository.upsert_told(session, told)
    await repository.delete_told(session, [one for one in customer_ids if one not in told])
    due = {one: memories[one].due_at if one in memories else None for one in customer_ids}
    if due:
        await repository.set_reviews(session, due)
    return await rescore_and_tell(session, states, teller, await teller.contexts.load(session), occasion)
