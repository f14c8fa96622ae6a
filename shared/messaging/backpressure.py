"""Backpressure: recording is refused for a while when what was recorded before is not getting through."""

import asyncio
import time
from datetime import timedelta

import structlog

from shared.clock import wall_now
from shared.db.session import Database, driver
from shared.errors import RapportError, RateLimited

log = structlog.get_logger(__name__)

_OLDEST = "SELECT created_at FROM outbox ORDER BY id LIMIT 1"


class Backpressure:
    """Looks at the age of the oldest event in the outbox, not more often than every `look_every_seconds`.

    An outage of the broker is waited out: events gather meanwhile, and that is what the outbox is for. Yet what gathers
    without end fills the disk, and what is told hours late is told too late; beyond `max_age` callers are asked to
    wait. While nobody knows the age (the database is away), nobody is refused for it.
    """

    def __init__(self, database: Database, *, max_age: timedelta, look_every_seconds: float = 1.0) -> None:
        self._database = database
        self._max_age = max_age
        self._look_every = look_every_seconds
        self._age = timedelta(0)
        self._looked_at = -float("inf")
        self._look: asyncio.Task[None] | None = None
        database.before_dispose(self._finish)

    def check(self) -> None:
        """Raises RateLimited (`pipeline_lagging`). Returns at once, by the figure last seen, which it has renewed."""
        if time.monotonic() - self._looked_at >= self._look_every and (self._look is None or self._look.done()):
            self._looked_at = time.monotonic()
            self._look = asyncio.get_running_loop().create_task(self.look())
        if self._age > self._max_age:
            raise RateLimited(
                f"events recorded before have waited {self._age.total_seconds():.0f} s to be published, more than the "
                f"{self._max_age.total_seconds():.0f} s allowed; repeat the request in a while",
                code="pipeline_lagging",
                retry_after_seconds=_retry_after(self._age - self._max_age),
            )

    async def look(self) -> None:
        try:
            async with self._database.direct() as connection, connection.transaction() as session:
                oldest = await (await driver(session)).fetchval(_OLDEST)
        except RapportError as error:
            log.info("outbox_age_unknown", code=error.code)
            self._age = timedelta(0)
        else:
            self._age = wall_now() - oldest if oldest is not None else timedelta(0)

    async def _finish(self) -> None:
        if self._look is not None:
            await asyncio.wait({self._look})


def _retry_after(excess: timedelta) -> int:
    """Seconds: the further behind, the longer, within what a client will bear."""
    return min(60, 5 + int(excess.total_seconds() / 10))
