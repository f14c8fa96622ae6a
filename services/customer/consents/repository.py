"""SQL for the history of consents: added to, never changed."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import cast
from uuid import UUID

from sqlalchemy import Table
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.customer.consents.models import ConsentDecision
from shared.contracts.customer import Consent

_DECISIONS = cast(Table, ConsentDecision.__table__)  # type: ignore[attr-defined]


async def append_decisions(
    session: AsyncSession,
    decisions: Mapping[UUID, Sequence[Consent]],
    *,
    recorded_at: datetime,
    recorded_by: str,
) -> None:
    """Adds what is not there yet."""
    rows = [
        {
            "customer_id": customer_id,
            "channel": decision.channel.value,
            "purpose": decision.purpose.value,
            "granted": decision.granted,
            "at": decision.at,
            "proof": decision.proof,
            "recorded_at": recorded_at,
            "recorded_by": recorded_by,
        }
        for customer_id, given in decisions.items()
        for decision in given
    ]
    if rows:
        await session.execute(insert(_DECISIONS).on_conflict_do_nothing(), rows)
