"""Simulating: requested, worked on portion by portion by whichever worker has the lease, cancelled."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import and_, col, or_, select

from services.scoring.facts import queries as facts
from services.scoring.facts.measures import Measures
from services.scoring.facts.queries import ValueFigure
from services.scoring.facts.statistics import Statistics
from services.scoring.policies import queries as policies
from services.scoring.policies import use_cases as policy_use_cases
from services.scoring.policies.states import demand_possible
from services.scoring.portfolio import use_cases as portfolios
from services.scoring.scores.queries import Contexts
from services.scoring.simulations import queries, repository
from services.scoring.simulations.models import Simulation
from services.scoring.simulations.portion import Counted, Findings, Outcome, Plan, write_findings
from shared.errors import Conflict
from shared.ids import uuid7

_LEASE: Final = timedelta(minutes=2)
"""A portion takes a second or two; a worker that has not finished after this has died."""


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to work on the next portion of a simulation."""

    simulation: Simulation
    leased_until: datetime


async def request_simulation(
    session: AsyncSession, version: int, *, contexts: Contexts, author: str, now: datetime, wall: datetime
) -> Simulation:
    """Asks for a draft to be tried against what is in force. Raises NotFound, or Conflict for what is no draft."""
    draft = await policies.get_policy(session, version)
    demand_possible("simulate", version, draft.state)
    live = await contexts.load(session)
    compared_with, model_version, portfolio_version = live.versions
    measures = Measures(contexts.policies.parse(draft))
    simulation = Simulation(
        simulation_id=uuid7(),
        version=version,
        revision=draft.revision,
        document=contexts.policies.document(draft),
        compared_with=compared_with,
        model_version=model_version,
        portfolio_version=portfolio_version,
        state="queued",
        phase="counting",
        counts_first=not live.measures.counts_like(measures),
        as_of=now,
        requested_at=wall,
        requested_by=author,
        customers=await facts.count_customers(session),
        figures=write_findings(Findings()),
    )
    session.add(simulation)
    await session.flush()
    return simulation


async def cancel_simulation(session: AsyncSession, simulation_id: UUID, *, wall: datetime) -> Simulation:
    """What it found so far can still be read. Raises NotFound, or Conflict when it has ended."""
    simulation = await queries.get_simulation(session, simulation_id, lock=True)
    if simulation.state not in ("queued", "running"):
        raise Conflict(f"the simulation is {simulation.state} already", code="simulation_ended", state=simulation.state)
    simulation.state, simulation.finished_at = "cancelled", wall
    return simulation


async def claim_portion(session: AsyncSession, *, wall: datetime) -> Claim | None:
    """Takes the oldest simulation that nobody works on. None when there is nothing to do."""
    running = col(Simulation.state).in_(("queued", "running"))
    free = or_(col(Simulation.leased_until).is_(None), col(Simulation.leased_until) < wall)
    oldest = select(Simulation).where(and_(running, free)).order_by(col(Simulation.requested_at)).limit(1)
    simulation = await session.scalar(oldest.with_for_update(skip_locked=True))
    if simulation is None:
        return None
    simulation.state, simulation.leased_until = "running", wall + _LEASE
    simulation.started_at = simulation.started_at or wall
    await session.flush()
    return Claim(simulation, wall + _LEASE)


async def make_plan(session: AsyncSession, claim: Claim, *, contexts: Contexts) -> Plan:
    """What both sides are scored under; the boundaries are the draft's own where it changes them and they are known."""
    simulation = claim.simulation
    draft = contexts.policies.read(simulation.document, simulation.version)
    versions = simulation.model_version, simulation.portfolio_version
    live = await contexts.policies.of_version(session, simulation.compared_with)
    before = await contexts.compose(session, live, *versions)
    after = await contexts.compose(session, draft, *versions)
    return Plan.of(before, after, simulation.portfolio, simulation.as_of)


async def store_counts(session: AsyncSession, claim: Claim, *, plan: Plan, counted: Counted, limit: int) -> bool:
    """Keeps what the draft makes of a portion; after the last one the boundaries follow. True when there is more."""
    simulation = await _held(session, claim)
    if simulation is None:
        return True
    if counted.customers:
        await repository.insert_values(session, simulation.simulation_id, counted.statistics)
    simulation.done += counted.customers
    simulation.after_customer = counted.last or simulation.after_customer
    if counted.customers < limit:
        await _begin_comparing(session, simulation, plan)
    return True


async def begin_comparing(session: AsyncSession, claim: Claim, *, plan: Plan) -> bool:
    """For a draft that counts as the policy in force does: its boundaries follow from the statistics there are."""
    simulation = await _held(session, claim)
    if simulation is not None:
        await _begin_comparing(session, simulation, plan)
    return True


async def store_outcome(
    session: AsyncSession,
    claim: Claim,
    *,
    outcome: Outcome,
    contexts: Contexts,
    limit: int,
    now: datetime,
    wall: datetime,
) -> bool:
    """Keeps what a portion showed; after the last one the draft counts as simulated."""
    simulation = await _held(session, claim)
    if simulation is None:
        return True
    await repository.insert_moves(session, simulation.simulation_id, outcome.moves)
    simulation.figures = write_findings(outcome.findings)
    simulation.done += outcome.customers
    simulation.moved += len(outcome.moves)
    simulation.skipped += outcome.skipped
    simulation.after_customer = outcome.last or simulation.after_customer
    if outcome.customers < limit:
        simulation.state, simulation.finished_at = "done", wall
        await policy_use_cases.mark_simulated(
            session,
            simulation.version,
            policies=contexts.policies,
            revision=simulation.revision,
            simulation=str(simulation.simulation_id),
            now=now,
        )
    return True


async def _begin_comparing(session: AsyncSession, simulation: Simulation, plan: Plan) -> None:
    async def count_simulated(session: AsyncSession, figure: ValueFigure) -> list[tuple[int, ...]]:
        return await repository.count_values(session, simulation.simulation_id, figure)

    async def list_simulated(
        session: AsyncSession, since: int, after: UUID | None, limit: int
    ) -> dict[UUID, Statistics]:
        return await queries.list_buyers_anew(session, plan, since=since, after=after, limit=limit)

    if plan.bounds_otherwise:
        after = plan.after
        today = after.measures.day(simulation.as_of)
        if plan.counts_otherwise:
            portfolio = await portfolios.compute_anew(
                session, policy=after.policy, today=today, count=count_simulated, list_buyers=list_simulated
            )
        else:
            portfolio = await portfolios.compute_anew(session, policy=after.policy, today=today)
        simulation.portfolio = None if portfolio is None else msgspec.to_builtins(portfolio)
    simulation.phase, simulation.done, simulation.after_customer = "comparing", 0, None


async def _held(session: AsyncSession, claim: Claim) -> Simulation | None:
    """The simulation, unless it was cancelled or the lease ran out and another worker has taken it over."""
    simulation = await queries.get_simulation(session, claim.simulation.simulation_id, lock=True)
    if simulation.state != "running" or simulation.leased_until != claim.leased_until:
        return None
    simulation.leased_until = None
    return simulation
