"""SQL for handovers."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.customer.ownership.models import Handover
from shared.contracts.customer import HandoverReason


async def find_handover(session: AsyncSession, handover_id: UUID, *, lock: bool = False) -> Handover | None:
    query = select(Handover).where(col(Handover.handover_id) == handover_id)
    found: Handover | None = await session.scalar(query.with_for_update() if lock else query)
    return found


async def find_without_successor(session: AsyncSession, customer_id: UUID) -> Handover | None:
    """The open handover of a main contact who left before there was a new one."""
    found: Handover | None = await session.scalar(
        select(Handover).where(
            col(Handover.customer_id) == customer_id,
            col(Handover.reason) == HandoverReason.MAIN_CONTACT_CHANGED.value,
            col(Handover.to_contact_id).is_(None),
            col(Handover.completed_at).is_(None),
        )
    )
    return found
