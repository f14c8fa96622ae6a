"""Forgetting the rounds of holidays long past."""

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from services.notification.occasions.use_cases.holidays import forget_rounds
from shared.scheduling import Job

_KEPT_DAYS: Final = 30


def round_pruning() -> Job:
    async def run(session: AsyncSession, tick: datetime) -> bool:
        await forget_rounds(session, before=tick - timedelta(days=_KEPT_DAYS))
        return False

    return Job("holiday_round_pruning", every=timedelta(days=1), run=run)
