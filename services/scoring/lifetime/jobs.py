"""Fitting models: asked for at the policy's interval, done in a thread with no transaction open."""

import asyncio
from datetime import datetime, timedelta

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from services.scoring.lifetime import queries, use_cases
from services.scoring.policies.queries import Policies
from shared.clock import Clock, wall_now
from shared.db.session import Database
from shared.scheduling import Job

log = structlog.get_logger(__name__)


def fit_job(policies: Policies, clock: Clock) -> Job:
    """Looks every day whether one is due, since the interval is the policy's, which may change."""

    async def request(session: AsyncSession, _tick: datetime) -> bool:
        policy, now = await policies.in_force(session), clock.now()
        if await queries.is_due(session, now, every=timedelta(days=policy.lifetime.fit_every_days)):
            await use_cases.request_fit(session, requested_at=now, policy=policy)
        return False

    return Job("request_model_fit", timedelta(days=1), request)


class ModelFitter:
    """Works off requests, one at a time, whichever process gets to them first."""

    def __init__(self, *, database: Database, clock: Clock, policies: Policies) -> None:
        self._database = database
        self._clock = clock
        self._policies = policies

    async def step(self) -> bool:
        async with self._database.transaction() as session:
            claim = await use_cases.claim_fit(session, wall=wall_now())
        if claim is None:
            return False
        async with self._database.snapshot() as session:
            policy = await self._policies.in_force(session)
            histories = await use_cases.read_histories(session, observed_until=claim.observed_until, policy=policy)
        fit = await asyncio.to_thread(use_cases.fit_histories, histories, policy)
        async with self._database.transaction() as session:
            await use_cases.store_fit(session, claim=claim, fit=fit, policy=policy, fitted_at=self._clock.now())
        log.info("model_fit_finished", fit_id=str(claim.fit_id), purchases=type(fit.purchases).__name__)
        return True
