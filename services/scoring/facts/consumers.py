"""Events of the customer service: who exists, for answers about customers without any fact."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from services.scoring.facts import use_cases
from shared.clock import wall_now
from shared.contracts.envelope import Event


async def on_customers_told(session: AsyncSession, events: Sequence[Event[Any]]) -> None:
    await use_cases.know_customers(
        session,
        customers=[
            (event.data.customer_id, event.data.version, event.data.kind.value, event.data.registered_at)
            for event in events
        ],
        applied_at=wall_now(),
    )
