"""Keeping the record of applied batches short."""

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from services.scoring.facts import use_cases
from shared.clock import wall_now
from shared.scheduling import Job

_KEPT_SINGLY: Final = timedelta(hours=1)


def batch_folding_job() -> Job:
    async def fold(session: AsyncSession, _tick: datetime) -> bool:
        await use_cases.fold_batches(session, applied_before=wall_now() - _KEPT_SINGLY)
        return False

    return Job("fold_applied_batches", _KEPT_SINGLY, fold)
