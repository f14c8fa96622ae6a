"""Fitting models: asked for at the policy's interval, done in a thread with no transaction open."""

import asyncio
from datetime import datetime, timedelta

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from services.scoring.lifetime import use_cases
from services.scoring.policies.policy import Policy
from shared.clock import Clock, wall_now
from shared.db.session import Database
from shared.scheduling import Job

log = structlog.get_logger(__name__)


def fit_job(policy: Policy, clock: Clock) -> Job:
    async def request(session: AsyncSession, _tick: datetime) -> bool:
        await use_cases.request_fit(session, requested_at=clock.now(), policy=policy)
        return False

    return Job("request_model_fit", timedelta(days=policy.lifetime.fit_every_days), request)


class ModelFitter:
    """Works off requests, one at a time, whichever process gets to them first."""

    def __init__(self, *, database: Database, clock: Clock, policy: Policy) -> None:
        self._database = database
        self._clock = clock
        self._policy = policy

    async def step(self) -> bool:
        async with self._database.transaction() as session:
            claim = await use_cases.claim_fit(session, wall=wall_now())
        if claim is None:
            return False
        async with self._database.snapshot() as session:
            histories = await use_cases.read_histories(
                session, observed_until=claim.observed_until, policy=self._policy
            )
        fit = await asyncio.to_thread(use_cases.fit_histories, histories, self._policy)
        async with self._database.transaction() as session:
            await use_cases.store_fit(session, claim=claim, fit=fit, policy=self._policy, fitted_at=self._clock.now())
        log.info("model_fit_finished", fit_id=str(claim.fit_id), purchases=type(fit.purchases).__name__)
        return True
