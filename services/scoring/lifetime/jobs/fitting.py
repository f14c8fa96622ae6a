"""Fitting models: asked for at the policy's interval, done in a process of its own with no transaction open."""

import asyncio
from datetime import datetime, timedelta
from typing import Final

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from services.scoring.lifetime import queries, use_cases
from services.scoring.lifetime.fitting import TooLittleData
from services.scoring.lifetime.jobs.fitting_process import fit_apart
from services.scoring.lifetime.modelling import Fit, Histories
from services.scoring.lifetime.use_cases import Claim
from services.scoring.policies.policy import Policy
from services.scoring.policies.queries import Policies
from shared.clock import Clock, wall_now
from shared.db.session import Database
from shared.scheduling import Job

log = structlog.get_logger(__name__)

_SIGN_OF_LIFE_SECONDS: Final = 1.0


def fit_job(policies: Policies, clock: Clock) -> Job:
    """Looks every day whether one is due, since the interval is the policy's, which may change."""

    async def request(session: AsyncSession, _tick: datetime) -> bool:
        policy, now = await policies.in_force(session), clock.now()
        if await queries.is_due(session, now, every=timedelta(days=policy.lifetime.fit_every_days)):
            await use_cases.request_fit(session, requested_at=now, policy=policy, cause="schedule")
        return False

    return Job("request_model_fit", timedelta(days=1), request)


def drift_job(policies: Policies, clock: Clock) -> Job:
    """Looks every day whether a check is due, as above."""

    async def check(session: AsyncSession, _tick: datetime) -> bool:
        policy, now = await policies.in_force(session), clock.now()
        if await queries.is_check_due(session, now, every=timedelta(days=policy.lifetime.drift_check_days)):
            await use_cases.check_drift(session, checked_at=now, policy=policy)
        return False

    return Job("check_model_drift", timedelta(days=1), check)


class _Told:
    """What the fit last said of its progress."""

    def __init__(self) -> None:
        self.phase, self.share = "reading", 0.0

    def __call__(self, phase: str, share: float) -> None:
        self.phase, self.share = phase, share


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
        claim, fit = await self._fit(claim, histories, policy)
        async with self._database.transaction() as session:
            await use_cases.store_fit(session, claim=claim, fit=fit, policy=policy, fitted_at=self._clock.now())
        log.info("model_fit_finished", fit_id=str(claim.fit_id), outcome=type(fit).__name__)
        return True

    async def _fit(self, claim: Claim, histories: Histories, policy: Policy) -> tuple[Claim, Fit | TooLittleData]:
        """Fits beside this process, and meanwhile shows how far it is, which keeps the lease."""
        told = _Told()
        work = asyncio.create_task(fit_apart(histories, policy.lifetime, told))
        try:
            while not work.done():
                await asyncio.wait({work}, timeout=_SIGN_OF_LIFE_SECONDS)
                async with self._database.transaction() as session:
                    claim = await use_cases.report_progress(
                        session, claim=claim, phase=told.phase, share=told.share, wall=wall_now()
                    )
        finally:
            work.cancel()
            await asyncio.gather(work, return_exceptions=True)
        return claim, work.result()
