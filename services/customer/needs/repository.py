"""SQL for needs and SWOT analyses."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.customer.needs.models import Need, SwotAnalysis


async def find_need(session: AsyncSession, customer_id: UUID, need_id: UUID) -> Need | None:
    found: Need | None = await session.scalar(
        select(Need).where(col(Need.customer_id) == customer_id, col(Need.need_id) == need_id)
    )
    return found


async def find_swot(session: AsyncSession, customer_id: UUID) -> SwotAnalysis | None:
    """The present one."""
    query = select(SwotAnalysis).where(col(SwotAnalysis.customer_id) == customer_id)
    found: SwotAnalysis | None = await session.scalar(query.order_by(col(SwotAnalysis.version).desc()).limit(1))
    return found
