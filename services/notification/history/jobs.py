"""Forgetting the history of triggers after its time."""

from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from services.notification.history.use_cases import prune_history
from shared.scheduling import Job


def history_pruning(keep: timedelta) -> Job:
    """Forgets what was recorded longer ago than `keep`."""

    async def run(session: AsyncSession, tick: datetime) -> bool:
        return await prune_history(session, before=tick - keep)

    return Job("trigger_history_pruning", every=timedelta(hours=1), run=run)
