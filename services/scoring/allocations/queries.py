"""Reads of allocations."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import tuple_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from services.scoring.allocations.models import Allocation, AllocationLine
from shared.errors import NotFound


async def get_allocation(session: AsyncSession, allocation_id: UUID) -> Allocation:
    found = await session.get(Allocation, allocation_id)
    if found is None:
        raise NotFound(
            "there is no allocation with this id; GET /v1/allocations lists them",
            code="allocation_unknown",
            allocation_id=str(allocation_id),
        )
    return found


async def list_allocations(
    session: AsyncSession, *, limit: int, after: tuple[datetime, UUID] | None
) -> Sequence[Allocation]:
    """The latest first; `after` is the (created_at, id) of the last one seen."""
    place = tuple_(col(Allocation.created_at), col(Allocation.allocation_id))
    rows = select(Allocation).order_by(col(Allocation.created_at).desc(), col(Allocation.allocation_id).desc())
    if after is not None:
        rows = rows.where(place < after)
    return list(await session.scalars(rows.limit(limit)))


async def list_lines(
    session: AsyncSession, allocation_id: UUID, *, limit: int | None = None, after: int = 0
) -> Sequence[AllocationLine]:
    """Lines by rank, those behind rank `after`."""
    rows = select(AllocationLine).where(
        col(AllocationLine.allocation_id) == allocation_id, col(AllocationLine.rank) > after
    )
    return list(await session.scalars(rows.order_by(col(AllocationLine.rank)).limit(limit)))
