"""Simulations in the background: portion by portion, with nothing locked while customers are compared."""

import asyncio
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from services.scoring.scores.queries import Contexts
from services.scoring.simulations import queries, repository, use_cases
from services.scoring.simulations.portion import Counted, Plan, compare_portion, read_findings
from services.scoring.simulations.use_cases import Claim
from shared.clock import Clock, wall_now
from shared.db.session import Database
from shared.scheduling import Job

_KEPT: Final = timedelta(days=30)
_PRUNED_AT_ONCE: Final = 10_000


def pruning_job() -> Job:
    """Simulations that ended a month ago are forgotten."""

    async def prune(session: AsyncSession, _tick: datetime) -> bool:
        return await repository.prune(session, before=wall_now() - _KEPT, most=_PRUNED_AT_ONCE)

    return Job("prune_simulations", timedelta(days=1), prune)


class Simulator:
    """Works on whichever simulation is free, in any number of processes. It writes nothing but the simulation."""

    def __init__(self, *, database: Database, clock: Clock, contexts: Contexts, batch: int) -> None:
        self._database = database
        self._clock = clock
        self._contexts = contexts
        self._batch = batch

    async def step(self) -> bool:
        async with self._database.transaction() as session:
            claim = await use_cases.claim_portion(session, wall=wall_now())
        if claim is None:
            return False
        async with self._database.snapshot() as session:
            plan = await use_cases.make_plan(session, claim, contexts=self._contexts)
        if claim.simulation.phase == "counting":
            return await self._count(claim, plan)
        return await self._compare(claim, plan)

    async def _count(self, claim: Claim, plan: Plan) -> bool:
        if not plan.counts_otherwise:
            async with self._database.transaction() as session:
                return await use_cases.begin_comparing(session, claim, plan=plan)
        async with self._database.snapshot() as session:
            live, anew = await queries.read_portion(
                session, plan, after=claim.simulation.after_customer, limit=self._batch
            )
        counted = Counted(len(live), max(live, default=None), anew)
        async with self._database.transaction() as session:
            return await use_cases.store_counts(session, claim, plan=plan, counted=counted, limit=self._batch)

    async def _compare(self, claim: Claim, plan: Plan) -> bool:
        async with self._database.snapshot() as session:
            live, anew = await queries.read_portion(
                session, plan, after=claim.simulation.after_customer, limit=self._batch
            )
        findings = read_findings(claim.simulation.figures)
        outcome = await asyncio.to_thread(compare_portion, plan, live, anew, findings)
        async with self._database.transaction() as session:
            return await use_cases.store_outcome(
                session,
                claim,
                outcome=outcome,
                contexts=self._contexts,
                limit=self._batch,
                now=self._clock.now(),
                wall=wall_now(),
            )
