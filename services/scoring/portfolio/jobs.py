"""A snapshot at the policy's interval."""

from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from services.scoring.facts.measures import Measures
from services.scoring.policies.queries import Policies
from services.scoring.portfolio import queries, use_cases
from shared.clock import Clock
from shared.scheduling import Job


def snapshot_job(policies: Policies, clock: Clock) -> Job:
    """Looks every day whether one is due, since the interval is the policy's, which may change."""

    async def take(session: AsyncSession, _tick: datetime) -> bool:
        policy, now = await policies.in_force(session), clock.now()
        if await queries.is_due(session, now, every=timedelta(days=policy.portfolio.compute_every_days)):
            # Dated now, not at the tick: a snapshot taken late knows what has happened since.
            await use_cases.take_snapshot(session, policy=policy, measures=Measures(policy), computed_at=now)
        return False

    return Job("take_portfolio_snapshot", timedelta(days=1), take)
