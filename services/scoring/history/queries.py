"""Reads of the history of one customer."""

from datetime import datetime
from itertools import islice
from typing import NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncSession

from services.scoring.facts import queries as facts
from services.scoring.history import repository
from services.scoring.history.repository import Rows
from services.scoring.history.steps import Step, instants
from shared.errors import InvalidInput
from shared.instants import write_instant


class Series(NamedTuple):
    """Points at equal steps of the local calendar of a zone."""

    start: datetime
    end: datetime
    step: Step
    zone: ZoneInfo


async def find_start(session: AsyncSession, customer_id: UUID, start: datetime | None) -> datetime | None:
    """Where a series begins: as asked for, or with the first score told; None where none was told yet.

    Raises NotFound for a customer nobody has told of.
    """
    await facts.demand_known(session, customer_id)
    return start or await repository.find_first(session, customer_id)


async def list_told(
    session: AsyncSession,
    customer_id: UUID,
    *,
    start: datetime,
    end: datetime,
    known_at: datetime | None,
    after: tuple[datetime, datetime] | None,
    limit: int,
) -> Rows:
    """Every score told of an instant between these, in order."""
    _demand_order(start, end)
    return await repository.list_between(
        session, customer_id, start=start, end=end, known_at=known_at, after=after, limit=limit
    )


async def list_steps(
    session: AsyncSession,
    customer_id: UUID,
    series: Series,
    *,
    known_at: datetime | None,
    skip: int,
    limit: int,
) -> tuple[Rows, bool]:
    """What had been told last at each step, `skip` steps after the start; whether there are more steps."""
    _demand_order(series.start, series.end)
    steps = instants(series.start, series.end, series.step, series.zone, skip=skip)
    found = list(islice(steps, limit + 1))
    rows = await repository.list_at(session, customer_id, found[:limit], known_at=known_at)
    return rows, len(found) > limit


def _demand_order(start: datetime, end: datetime) -> None:
    if start > end:
        raise InvalidInput(
            f"from {write_instant(start)} lies after to {write_instant(end)}; swap them",
            code="period_reversed",
            field="from",
        )
