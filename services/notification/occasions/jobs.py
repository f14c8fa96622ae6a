"""The planner of occasions: exact to the instant, in real time and on a clock moved by hand.

It is no job of the scheduler, whose ticks are multiples of a period: a profile may arrive after the tick of its own due
instant, and on a clock that stands still there would be no other tick. This one looks at what is due, whenever time
moves and at least every second.
"""

import asyncio

import structlog

from services.notification.desk import Desk
from services.notification.occasions.use_cases.planning import plan_due
from shared.db.session import Database
from shared.messaging.attempts import Attempts, Interrupted, pause_unless
from shared.messaging.retry import RetryPolicy

log = structlog.get_logger(__name__)

_BATCH = 200


class OccasionPlanner:
    """A component. Any number of workers may run it; each occasion is decided on once."""

    name = "occasion-planner"

    def __init__(self, database: Database, desk: Desk, *, poll_seconds: float = 1.0) -> None:
        self._database = database
        self._desk = desk
        self._poll_seconds = poll_seconds
        self._attempts = Attempts(RetryPolicy())

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
                    more = True
                    while more and not stop.is_set():
                        more = await self._attempts.patiently(self._plan_batch, pause=pause)
                    await asyncio.wait({stopped, moved}, return_when=asyncio.FIRST_COMPLETED)
                finally:
                    moved.cancel()
        except Interrupted:
            return
        finally:
            stopped.cancel()

    async def _plan_batch(self) -> bool:
        """One transaction; True when there may be more that is due."""
        async with self._database.transaction() as session:
            planned = await plan_due(session, limit=_BATCH, desk=self._desk)
        if planned:
            log.info("occasions_planned", occasions=planned)
        return planned > 0
