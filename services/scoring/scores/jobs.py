"""Timed and background work on scores: who is due for a look, and everybody under a new model or portfolio."""

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from services.scoring.scores import queries, use_cases
from services.scoring.scores.use_cases import Teller
from shared.db.session import Database
from shared.scheduling import Job

_REVIEW_EVERY: Final = timedelta(minutes=5)


def review_job(teller: Teller, *, batch: int) -> Job:
    async def review(session: AsyncSession, _tick: datetime) -> bool:
        return await use_cases.review_due(session, teller=teller, limit=batch) == batch

    return Job("review_due_customers", _REVIEW_EVERY, review)


class Rescorer:
    """Brings all scores up to the policy, model and portfolio in force, one batch and transaction at a time."""

    def __init__(self, *, database: Database, teller: Teller, batch: int) -> None:
        self._database = database
        self._teller = teller
        self._batch = batch

    async def step(self) -> bool:
        async with self._database.snapshot() as session:
            if await queries.is_rescoring_done(session, self._teller.contexts):
                return False
        async with self._database.transaction() as session:
            return await use_cases.rescore_next(session, teller=self._teller, limit=self._batch)
