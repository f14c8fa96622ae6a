"""Keeping segments current in the background."""

from services.scoring.segments import queries, use_cases
from services.scoring.segments.use_cases import Keeper
from shared.db.session import Database


class SegmentKeeper:
    """Looks cheaply whether there is work, and does a portion of it."""

    def __init__(self, *, database: Database, keeper: Keeper, batch: int) -> None:
        self._database = database
        self._keeper = keeper
        self._batch = batch

    async def step(self) -> bool:
        async with self._database.snapshot() as session:
            if not await queries.has_work(session, self._keeper.clock.now()):
                return False
        async with self._database.transaction() as session:
            return await use_cases.keep_current(session, keeper=self._keeper, limit=self._batch)
