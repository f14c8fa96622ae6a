"""What workers tell each other of the providers: who is down, and how much of a rate is used up."""

from collections.abc import Mapping, Sequence
from datetime import datetime

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from services.notification.channels.breaker import HEALTHY, BreakerPolicy, Health, health_after
from services.notification.channels.buckets import Bucket, Rate, draw
from services.notification.channels.port import SendResult
from services.notification.providers import repository

log = structlog.get_logger(__name__)


async def read_healths(session: AsyncSession) -> dict[str, Health]:
    """Of those that ever failed; the others are well."""
    return {name: repository.health_of(row) for name, row in (await repository.load_states(session)).items()}


async def note_results(
    session: AsyncSession,
    results: Mapping[str, Sequence[SendResult]],
    *,
    known: Mapping[str, Health],
    policy: BreakerPolicy,
    wall: datetime,
) -> dict[str, Health]:
    """Follows the health of each provider, in the transaction that records its results, and returns what changed.

    `known` is what the worker last read: as long as all is well nothing is locked and nothing is written.
    """
    eventful = {
        name
        for name, those in results.items()
        if known.get(name, HEALTHY) != HEALTHY or health_after(HEALTHY, those, policy, wall) != HEALTHY
    }
    if not eventful:
        return {}
    rows = await repository.lock_states(session, eventful, wall=wall)
    before = {name: repository.health_of(rows[name]) for name in eventful}
    after = {name: health_after(before[name], results[name], policy, wall) for name in eventful}
    changed = {name: health for name, health in after.items() if health != before[name]}
    problems = {name: results[name][-1].detail for name, health in changed.items() if health != HEALTHY}
    await repository.save_health(session, changed, problems, wall=wall)
    for name, health in changed.items():
        if health.openings > before[name].openings:
            log.warning("provider_unreachable", provider=name, until=health.open_until, problem=problems.get(name))
    return after


async def draw_allowances(
    session: AsyncSession, rates: Mapping[str, Rate], wanted: Mapping[str, int], *, wall: datetime
) -> dict[str, int]:
    """Takes from the buckets that all workers share what may be sent now: at most `wanted` of each provider."""
    asked = {name: count for name, count in wanted.items() if name in rates and count > 0}
    if not asked:
        return {}
    rows = await repository.lock_states(session, asked, wall=wall)
    granted: dict[str, int] = {}
    buckets: dict[str, Bucket] = {}
    for name, count in asked.items():
        bucket = repository.bucket_of(rows[name])
        granted[name], buckets[name] = draw(bucket, rates[name], wanted=count, wall=wall)
    await repository.save_buckets(session, buckets)
    return granted
