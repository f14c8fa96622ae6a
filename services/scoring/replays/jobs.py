"""Replays in the background: portion by portion, with nothing locked while customers are rebuilt."""

import asyncio
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from services.scoring.changes import queries as changes
from services.scoring.changes.follower import Follower
from services.scoring.replays import queries, repository, use_cases
from services.scoring.replays.comparison import rebuild
from services.scoring.replays.use_cases import Claim
from services.scoring.scores.context import Context
from services.scoring.scores.use_cases import Teller
from shared.clock import wall_now
from shared.db.session import Database
from shared.errors import Unavailable
from shared.scheduling import Job

_KEPT: Final = timedelta(days=30)
_PRUNED_AT_ONCE: Final = 10_000


def replay_pruning_job() -> Job:
    """What replays found is forgotten a month after they ended."""

    async def prune(session: AsyncSession, _tick: datetime) -> bool:
        return await repository.prune(session, before=wall_now() - _KEPT, most=_PRUNED_AT_ONCE)

    return Job("prune_replays", timedelta(days=1), prune)


class Replayer:
    """Works on the open replay, in any number of processes. Until the switch it writes nothing that is in use."""

    def __init__(self, *, database: Database, teller: Teller, batch: int) -> None:
        self._database = database
        self._teller = teller
        self._batch = batch

    async def step(self) -> bool:
        async with self._database.transaction() as session:
            claim = await use_cases.claim_portion(session, wall=wall_now())
        if claim is None:
            return False
        try:
            return await self._work(claim)
        except Unavailable:
            # A table that others hold, most likely: whoever tries next need not wait for the lease to pass.
            async with self._database.transaction() as session:
                await use_cases.release(session, claim)
            raise

    async def _work(self, claim: Claim) -> bool:
        if claim.state == "queued":
            async with self._database.transaction() as session:
                await use_cases.begin_rebuilding(session, claim, contexts=self._teller.contexts, wall=wall_now())
            return True
        if claim.state == "mending":
            async with self._database.transaction() as session:
                return await use_cases.mend_next(
                    session, claim, teller=self._teller, limit=self._batch, wall=wall_now()
                )
        return await (self._rebuild(claim) if claim.state == "rebuilding" else self._follow(claim))

    async def _rebuild(self, claim: Claim) -> bool:
        async with self._database.snapshot() as session:
            context = await self._context(session, claim)
            if context is not None:
                customer_ids = await queries.list_next(session, after=claim.after_customer, limit=self._batch)
                portion = await queries.read_portion(session, customer_ids, context, self._teller.clock.now())
        if context is None:
            return await self._begin_anew(claim)
        compared = await asyncio.to_thread(rebuild, portion)
        async with self._database.transaction() as session:
            await use_cases.store_portion(
                session, claim, customer_ids=customer_ids, compared=compared, limit=self._batch, wall=wall_now()
            )
        return True

    async def _follow(self, claim: Claim) -> bool:
        """Rebuilds once more whom something has arrived of; with nobody left, switches where that is asked for."""
        async with self._database.snapshot() as session:
            context = await self._context(session, claim)
            if context is not None:
                may_switch = claim.state == "switching" and await queries.may_switch(session)
                changed = await changes.read_changes(session, Follower.REPLAYS, limit=self._batch)
                customer_ids = sorted(changed.customers)
                portion = await queries.read_portion(session, customer_ids, context, self._teller.clock.now())
        if context is None:
            return await self._begin_anew(claim)
        if may_switch:
            async with self._database.transaction() as session:
                return await use_cases.switch(session, claim, teller=self._teller, wall=wall_now())
        compared = await asyncio.to_thread(rebuild, portion)
        async with self._database.transaction() as session:
            await use_cases.store_again(session, claim, changed=changed, compared=compared)
        return bool(changed.customers)

    async def _context(self, session: AsyncSession, claim: Claim) -> Context | None:
        return await use_cases.find_context(session, claim, contexts=self._teller.contexts)

    async def _begin_anew(self, claim: Claim) -> bool:
        async with self._database.transaction() as session:
            await use_cases.begin_anew(session, claim)
        return True
