"""The outbox relay: publishes what was committed, in order per key, and forgets it once the broker has it.

Order. Events of one key leave in the order of their ids, which is the order of their commits as long as their writers
hold the key's row lock (see `outbox`). The races considered:

- Two relays publishing at once would reorder, so one is active per database, by a session-level advisory lock on a
  connection of its own; the others stand by. All its statements run on that connection: each one that succeeds proves
  that the lock is still held, and when the connection is lost, publishing is broken off at once.
- A relay that lost its lock without knowing can still be sending the batch it had read. Both relays send each key's
  events in order and leave out none, so their readers, who drop what they have seen, still see them in order.
- A transaction may commit after others that drew higher ids. Therefore there is no cursor: rows are deleted by id, and
  a late one is simply found by the next look, after events of other keys only.
- A crash between publishing and deleting publishes again: readers drop duplicates.
- Deleting as part of the reading transaction would hold that open over the network, and with it every vacuum.
"""

import asyncio
import time
from collections import Counter
from collections.abc import Coroutine, Sequence
from contextlib import suppress
from functools import partial
from typing import Any, NamedTuple

import structlog

from shared.clock import wall_now
from shared.db.dedicated import dedicated_connection, wake_on
from shared.db.locks import advisory_key
from shared.db.session import Database
from shared.errors import InvalidInput, Unavailable
from shared.messaging.attempts import Attempts, GivenUp, Interrupted, isolate, pause_unless
from shared.messaging.broker import Broker, OutgoingRecord
from shared.messaging.burial import (
    OUTBOX,
    Connection,
    asked_for,
    bury_outgoing,
    put_back,
    reason_of,
    report_waiting,
    resolve,
)
from shared.messaging.codec import unpack_headers
from shared.messaging.dead_letter import CHANNEL as DEAD_LETTERS_CHANNEL
from shared.messaging.dead_letter_limit import DeadLetterLimit
from shared.messaging.outbox import CHANNEL, RELAY_ASLEEP
from shared.messaging.retry import RetryPolicy
from shared.observability import metrics
from shared.observability.metrics import current_service
from shared.waiting import happened

log = structlog.get_logger(__name__)

_LOCK = advisory_key("outbox-relay")
_MAX_BYTES = 8 * 1024 * 1024
_STANDBY_SECONDS = 1.0
_LOOK_AROUND_SECONDS = 5.0
_SMALL_BATCH = 50
_LINGER_SECONDS = 0.003
_COUNTED_AT_MOST = 100_000

# At most $1 rows and about $2 bytes, yet at least one row, in the order of ids.
_NEXT = """
SELECT id, topic, key, headers, value FROM (
    SELECT id, topic, key, headers, value,
        sum(octet_length(value)) OVER (ORDER BY id ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS bytes_before
    FROM outbox ORDER BY id LIMIT $1
) AS next
WHERE coalesce(bytes_before, 0) < $2
ORDER BY id
"""
_DELETE = "DELETE FROM outbox WHERE id = ANY($1::bigint[])"
_PENDING = """
SELECT (SELECT count(*) FROM (SELECT FROM outbox LIMIT $1) AS counted),
    (SELECT created_at FROM outbox ORDER BY id LIMIT 1)
"""


class _Pending(NamedTuple):
    id: int
    record: OutgoingRecord


class OutboxRelay:
    """A component. Run one in every worker of a service: one of them publishes, the others wait to take over.

    What the broker will never take goes to the dead letters, so that the rest goes on. Raises TooManyDeadLetters when
    that becomes the rule; never ends because database or broker are away.
    """

    name = "outbox-relay"

    def __init__(
        self,
        database: Database,
        broker: Broker,
        *,
        max_batch: int = 2000,
        poll_seconds: float = 5.0,
        policy: RetryPolicy | None = None,
        limit: DeadLetterLimit | None = None,
    ) -> None:
        """`poll_seconds` is how long a lost notification can go unnoticed."""
        self._database = database
        self._broker = broker
        self._max_batch = max_batch
        self._poll_seconds = poll_seconds
        self._attempts = Attempts(policy or RetryPolicy())
        self._limit = limit or DeadLetterLimit()
        self._service = ""
        self._looked_around_at = 0.0

    async def run(self, stop: asyncio.Event) -> None:
        """Publishes until `stop` is set; the batch in hand is finished."""
        self._service = current_service()
        with suppress(Interrupted):
            while not stop.is_set():
                await self._attempts.patiently(partial(self._serve, stop), pause=pause_unless(stop))

    async def _serve(self, stop: asyncio.Event) -> None:
        async with dedicated_connection(self._database) as connection:
            lost, wake = asyncio.Event(), asyncio.Event()
            connection.add_termination_listener(lambda _: lost.set())
            if not await self._take_lock(connection, stop):
                return
            log.info("relay_active")
            await wake_on(connection, CHANNEL, wake)
            await wake_on(connection, DEAD_LETTERS_CHANNEL, wake)
            try:
                await _unless(lost, self._lead(connection, wake, stop))
            finally:
                metrics.OUTBOX_PENDING.remove(self._service)
                metrics.OUTBOX_OLDEST_SECONDS.remove(self._service)

    async def _take_lock(self, connection: Connection, stop: asyncio.Event) -> bool:
        # Asked for again and again: a statement that waits for the lock would hold a snapshot, and keep every vacuum in
        # this database from its work for as long as the other relay lives.
        while not stop.is_set():
            if await connection.fetchval("SELECT pg_try_advisory_lock($1)", _LOCK):
                return True
            await happened(stop, within_seconds=_STANDBY_SECONDS)
        return False

    async def _lead(self, connection: Connection, wake: asyncio.Event, stop: asyncio.Event) -> None:
        pause, asleep = pause_unless(stop), False
        while not stop.is_set():
            wake.clear()
            published = await self._attempts.patiently(partial(self._publish_next, connection), pause=pause)
            if asleep:
                if published == 0:
                    await happened(wake, stop, within_seconds=self._poll_seconds)
                await connection.execute("SELECT pg_advisory_unlock($1)", RELAY_ASLEEP)
                asleep = False
                continue
            if published == 0:
                # From here on it is notified; the look that follows finds what was committed before. See RELAY_ASLEEP.
                asleep = await connection.fetchval("SELECT pg_try_advisory_lock($1)", RELAY_ASLEEP)
            if not asleep and published < _SMALL_BATCH:
                await happened(stop, within_seconds=_LINGER_SECONDS)  # a few events would cost as much as many

    async def _publish_next(self, connection: Connection) -> int:
        if time.monotonic() - self._looked_around_at >= _LOOK_AROUND_SECONDS:
            # Before publishing, so that during an outage the figures that tell of it are the present ones.
            await self._report(connection)
            await self._redrive(connection)
            self._looked_around_at = time.monotonic()
        rows = await connection.fetch(_NEXT, self._max_batch, _MAX_BYTES)
        if not rows:
            await self._redrive(connection)
            return 0
        batch = [_Pending(row[0], OutgoingRecord(row[1], row[2], row[4], unpack_headers(row[3]))) for row in rows]
        await isolate(batch, self._publish, partial(self._refuse, connection))
        await connection.execute(_DELETE, [pending.id for pending in batch])
        return len(batch)

    async def _publish(self, batch: Sequence[_Pending]) -> None:
        try:
            await self._broker.publish([pending.record for pending in batch])
        except InvalidInput as refusal:
            raise GivenUp(refusal) from refusal
        self._limit.applied(len(batch))
        for topic, events in Counter(pending.record.topic for pending in batch).items():
            metrics.OUTBOX_PUBLISHED.labels(self._service, topic).inc(events)

    async def _refuse(self, connection: Connection, pending: _Pending, error: Exception) -> None:
        await bury_outgoing(connection, outbox_id=pending.id, record=pending.record, error=error)
        code, reason, _ = reason_of(error)
        log.error("event_refused_by_broker", topic=pending.record.topic, code=code, reason=reason)
        metrics.DEAD_LETTERS.labels(self._service, OUTBOX, code).inc()
        self._limit.buried()

    async def _redrive(self, connection: Connection) -> None:
        last = 0
        while letters := await asked_for(connection, OUTBOX, after=last):
            for id, record in letters:
                try:
                    key = record.key or b""
                    await self._broker.publish([OutgoingRecord(record.topic, key, record.value, record.headers)])
                except InvalidInput as refusal:
                    await put_back(connection, id, refusal)
                else:
                    await resolve(connection, [id])
            last = letters[-1].id

    async def _report(self, connection: Connection) -> None:
        await report_waiting(connection, OUTBOX)
        pending, oldest = await connection.fetchrow(_PENDING, _COUNTED_AT_MOST)
        age = max(0.0, (wall_now() - oldest).total_seconds()) if oldest else 0.0
        metrics.OUTBOX_PENDING.labels(self._service).set(pending)
        metrics.OUTBOX_OLDEST_SECONDS.labels(self._service).set(age)


async def _unless(lost: asyncio.Event, work: Coroutine[Any, Any, None]) -> None:
    """Breaks `work` off, wherever it is, once the connection that holds the lock is gone."""
    working, losing = asyncio.create_task(work), asyncio.create_task(lost.wait())
    try:
        await asyncio.wait((working, losing), return_when=asyncio.FIRST_COMPLETED)
        if not working.done():
            raise Unavailable("the relay lost its lock; another may have it", code="relay_lock_lost")
        await working
    finally:
        working.cancel()
        losing.cancel()
        await asyncio.gather(working, losing, return_exceptions=True)
