"""Redriving: the worker that failed at dead letters tries them again, through the same pipeline, when asked to."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from functools import partial

import structlog

from shared.db.dedicated import dedicated_connection, wake_on
from shared.db.session import Database, driver
from shared.messaging.attempts import Attempts, Interrupted, Pause, isolate, pause_unless
from shared.messaging.burial import AskedFor, asked_for, put_back, report_waiting, resolve
from shared.messaging.correlation import correlated
from shared.messaging.dead_letter import CHANNEL
from shared.messaging.pipeline import Pipeline
from shared.waiting import happened

log = structlog.get_logger(__name__)

_POLL_SECONDS = 30.0
"""How long a lost notification can go unnoticed."""

_HOLD = """
SELECT id FROM dead_letters WHERE id = ANY($1::bigint[]) AND state = 'redriving' ORDER BY id FOR UPDATE SKIP LOCKED
"""
# The mark that a burial left in the inbox bears the instant of the letter. An event that was applied since, corrected
# and sent again under the same id, bears another and stays: the letter then turns out to be a duplicate.
_UNMARK = """
DELETE FROM inbox USING dead_letters AS d
WHERE d.id = ANY($1::bigint[]) AND inbox.event_id = d.event_id AND inbox.source = d.source
  AND inbox.consumer = d.consumer AND inbox.applied_at = d.first_failed_at
"""


class Redriver:
    """Serves the wishes of one consumer group; several workers of the group may run one each."""

    def __init__(self, *, group: str, database: Database, pipeline: Pipeline, attempts: Attempts) -> None:
        self._group = group
        self._database = database
        self._pipeline = pipeline
        self._attempts = attempts

    async def run(self, stop: asyncio.Event) -> None:
        """Until `stop` is set. What a crash leaves in state `redriving` is taken up at the next start."""
        with suppress(Interrupted):
            while not stop.is_set():
                await self._attempts.patiently(partial(self._listen, stop), pause=pause_unless(stop))

    async def _listen(self, stop: asyncio.Event) -> None:
        async with dedicated_connection(self._database) as connection:
            wake = asyncio.Event()
            await wake_on(connection, CHANNEL, wake)
            while not (stop.is_set() or connection.is_closed()):
                wake.clear()
                await self._redrive_all(pause_unless(stop))
                await report_waiting(connection, self._group)
                await happened(wake, stop, within_seconds=_POLL_SECONDS)

    async def _redrive_all(self, pause: Pause) -> None:
        last = 0
        while letters := await self._asked_for(after=last):
            await isolate(letters, partial(self._redrive, pause), partial(self._put_back, pause))
            last = letters[-1].id

    async def _asked_for(self, after: int) -> list[AskedFor]:
        async with self._database.snapshot() as session:
            return await asked_for(await driver(session), self._group, after=after)

    async def _redrive(self, pause: Pause, letters: Sequence[AskedFor]) -> None:
        work = partial(self._transact, letters)
        resolved = await self._attempts.of(work, pause=pause, divisible=len(letters) > 1)
        log.info("dead_letters_resolved", consumer=self._group, letters=resolved)

    async def _transact(self, letters: Sequence[AskedFor]) -> int:
        events = {letter.id: self._pipeline.event_in(letter.record) for letter in letters}
        with correlated(list(events.values())):
            async with self._database.transaction() as session:
                connection = await driver(session)
                held = [row["id"] for row in await connection.fetch(_HOLD, list(events))]
                await connection.execute(_UNMARK, held)
                await self._pipeline.apply_within(session, [events[id] for id in held])
                await resolve(connection, held)
        return len(held)

    async def _put_back(self, pause: Pause, letter: AskedFor, error: Exception) -> None:
        await self._attempts.of(partial(self._write_put_back, letter, error), pause=pause)
        log.warning("dead_letter_failed_again", consumer=self._group, dead_letter_id=letter.id, reason=str(error))

    async def _write_put_back(self, letter: AskedFor, error: Exception) -> None:
        async with self._database.transaction() as session:
            await put_back(await driver(session), letter.id, error)
