"""Reads of simulations, and of the customers they work on."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from services.scoring.facts import queries as facts
from services.scoring.facts.statistics import Statistics
from services.scoring.simulations import repository
from services.scoring.simulations.models import Simulation
from services.scoring.simulations.portion import Plan
from shared.errors import NotFound, Poison


async def get_simulation(session: AsyncSession, simulation_id: UUID, *, lock: bool = False) -> Simulation:
    simulation = await session.get(Simulation, simulation_id, with_for_update=lock or None)
    if simulation is None:
        raise NotFound(
            "there is no such simulation; POST /v1/policies/{version}/simulations makes one and names it",
            code="simulation_unknown",
            simulation_id=str(simulation_id),
        )
    return simulation


async def list_simulations(session: AsyncSession, *, version: int, limit: int, before: UUID | None) -> list[Simulation]:
    """Of one policy, the newest first; `before` is the last one of the page before."""
    newest = select(Simulation).where(Simulation.version == version)
    if before is not None:
        # Ids are made in the order of time.
        newest = newest.where(col(Simulation.simulation_id) < before)
    return list(await session.scalars(newest.order_by(col(Simulation.simulation_id).desc()).limit(limit)))


async def read_portion(
    session: AsyncSession, plan: Plan, *, after: UUID | None, limit: int
) -> tuple[dict[UUID, Statistics], dict[UUID, Statistics]]:
    """The next customers' statistics as they are, and as the draft counts them; whom it cannot count is not in the
    latter."""
    live = await facts.list_statistics(session, after=after, limit=limit)
    if not plan.counts_otherwise:
        return live, live
    folded = await facts.fold_anew(session, customer_ids=list(live), measures=plan.after.measures)
    return live, {customer_id: found for customer_id, found in folded.items() if not isinstance(found, Poison)}


async def list_buyers_anew(
    session: AsyncSession, plan: Plan, *, since: int, after: UUID | None, limit: int
) -> dict[UUID, Statistics]:
    """The next customers who bought since that day, as the draft counts them; empty only after the last one."""
    while live := await facts.list_buyers_since(session, since, after=after, limit=limit):
        folded = await facts.fold_anew(session, customer_ids=list(live), measures=plan.after.measures)
        countable = {one: found for one, found in folded.items() if not isinstance(found, Poison)}
        if countable:
            return countable
        after = max(live)
    return {}


async def list_moves(
    session: AsyncSession,
    simulation_id: UUID,
    *,
    after: UUID | None,
    limit: int,
    name: str | None = None,
    old: str | None = None,
    new: str | None = None,
) -> Sequence[Mapping[str, Any]]:
    """Customers who move, by id: in any class or in that named, from and to these values where they are given."""
    return await repository.list_moves(session, simulation_id, after=after, limit=limit, name=name, old=old, new=new)
