"""Events that profiles listen to."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from services.customer.profiles.use_cases.scores import keep_scores
from shared.contracts.envelope import Event


async def on_scores_changed(session: AsyncSession, events: Sequence[Event[Any]]) -> None:
    await keep_scores(session, [event.data for event in events])
