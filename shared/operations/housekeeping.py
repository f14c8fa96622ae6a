"""Timed work that every service owes its own platform tables."""

from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from shared.clock import wall_now
from shared.scheduling import Job
from shared.web.idempotency import prune_answers

IDEMPOTENCY_RETENTION = timedelta(days=7)
_ROWS_AT_ONCE = 1000


async def _prune_idempotency_keys(session: AsyncSession, _tick: datetime) -> bool:
    # By the wall clock, as the rows are stamped: a client's retries live in real time, whatever business time it is.
    return await prune_answers(session, before=wall_now() - IDEMPOTENCY_RETENTION, most=_ROWS_AT_ONCE)


IDEMPOTENCY_PRUNING = Job("idempotency_pruning", every=timedelta(hours=1), run=_prune_idempotency_keys)
"""Forgets stored answers after 7 days; belongs into every service's scheduler."""
