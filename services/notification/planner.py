"""Planning what is due: exact to the instant, in real time and on a clock moved by hand.

It is no job of the scheduler, whose ticks are multiples of a period: what becomes due may be told after the tick of its
own instant, and on a clock that stands still there would be no other tick. A planner looks at what is due whenever time
moves, and at least every second.
"""

import asyncio
from typing import Final, Protocol

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from services.notification.desk import Desk
from shared.db.session import Database
from shared.messaging.attempts import Attempts, Interrupted, pause_unless
from shared.messaging.retry import RetryPolicy

log = structlog.get_logger(__name__)

_BATCH: Final = 200


class Plan(Protocol):
    async def __call__(self, session: AsyncSession, *, limit: int, desk: Desk) -> int:
        """Decides on at most `limit` of what is due; how many there were, 0 when nothing is left."""


class Planner:
    """A component. Any number of workers may run it; each thing is decided on once: `plan` locks what it takes."""

    def __init__(self, name: str, plan: Plan, database: Database, desk: Desk, *, poll_seconds: float = 2.0) -> None:
        self._name = name
        self._plan = plan
        self._database = database
        self._desk = desk
        self._poll_seconds = poll_seconds
        self._attempts = Attempts(RetryPolicy())

    @property
    def name(self) -> str:
        return self._name

    async def run(self, stop: asyncio.Event) -> None:
        """Plans until `stop` is set; the batch in hand is finished."""
        pause = pause_unless(stop)
        stopped = asyncio.create_task(stop.wait())
        try:
            while not stop.is_set():
                # Listening begins before the clock is read: a move between the two would be slept through.
                moved = asyncio.create_task(self._desk.clock.changed(self._poll_seconds))
                try:
                    await asyncio.sleep(0)
                    while not stop.is_set() and await self._attempts.patiently(self._plan_batch, pause=pause):
                        continue
                    await asyncio.wait({stopped, moved}, return_when=asyncio.FIRST_COMPLETED)
                finally:
                    moved.cancel()
        except Interrupted:
            return
        finally:
            stopped.cancel()

    async def _plan_batch(self) -> bool:
        async with self._database.transaction() as session:
            planned = await self._plan(session, limit=_BATCH, desk=self._desk)
        if planned:
            log.info("planned", planner=self._name, planned=planned)
        return planned > 0
