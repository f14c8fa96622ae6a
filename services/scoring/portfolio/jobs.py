"""A snapshot at the policy's interval."""

from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from services.scoring.facts.measures import Measures
from services.scoring.policies.policy import Policy
from services.scoring.portfolio import use_cases
from shared.clock import Clock
from shared.scheduling import Job


def snapshot_job(policy: Policy, clock: Clock) -> Job:
    measures = Measures(policy)

    async def take(session: AsyncSession, _tick: datetime) -> bool:
        # Dated now, not at the tick: a snapshot taken late knows what has happened since.
        await use_cases.take_snapshot(session, policy=policy, measures=measures, computed_at=clock.now())
        return False

    return Job("take_portfolio_snapshot", timedelta(days=policy.portfolio.compute_every_days), take)
