"""EmbeddedBroker: the composition of the log's parts behind the broker port."""

import asyncio
from collections.abc import Coroutine, Sequence
from typing import Any

import asyncpg
import structlog

from shared.contracts.topics import TopicSpec
from shared.errors import Unavailable
from shared.messaging.broker import OutgoingRecord, Revoked, Subscription
from shared.messaging.embedded.appending import append
from shared.messaging.embedded.cleaning import clean
from shared.messaging.embedded.connection import Pool, open_pool, translated
from shared.messaging.embedded.pulse import Pulse
from shared.messaging.embedded.schema import ensure_schema
from shared.messaging.embedded.subscription import EmbeddedSubscription
from shared.messaging.embedded.topics import Topics
from shared.messaging.partitioning import refuse_oversized

log = structlog.get_logger(__name__)

_HEALTH_SECONDS = 2.0
_STOP_SECONDS = 5.0


class EmbeddedBroker:
    """A Broker over a PostgreSQL database of its own. One object per process; subscriptions share its connections.

    Idle, it costs one small statement per heartbeat, however many subscriptions there are. A member that sends no
    heartbeat for `session_timeout_seconds` is taken for dead and its partitions move.
    """

    def __init__(
        self,
        dsn: str,
        *,
        session_timeout_seconds: float = 6.0,
        heartbeat_seconds: float = 1.0,
        cleaning_interval_seconds: float = 60.0,
        pool_size: int = 4,
    ) -> None:
        if heartbeat_seconds * 2 > session_timeout_seconds:
            raise ValueError("a session must outlast at least two heartbeats, or living members are taken for dead")
        self._dsn = dsn
        self._session_seconds = session_timeout_seconds
        self._cleaning_seconds = cleaning_interval_seconds
        self._pool_size = pool_size
        self._pulse = Pulse(dsn, heartbeat_seconds=heartbeat_seconds, session_seconds=session_timeout_seconds)
        self._pool: Pool | None = None
        self._topics: Topics | None = None
        self._subscriptions: list[EmbeddedSubscription] = []
        self._background: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        if self._pool is not None:
            return
        with translated():
            pool = await open_pool(self._dsn, size=self._pool_size)
            try:
                async with pool.acquire() as connection:
                    await ensure_schema(connection)
            except BaseException:
                pool.terminate()
                raise
        self._pool, self._topics = pool, Topics(pool)
        self._run(self._pulse.run(), "event-log-pulse")
        self._run(self._keep_clean(pool), "event-log-cleaning")

    async def stop(self) -> None:
        for subscription in self._subscriptions:
            await subscription.close()
        self._subscriptions.clear()
        for task in self._background:
            task.cancel()
        await asyncio.gather(*self._background, return_exceptions=True)
        self._background.clear()
        pool, self._pool, self._topics = self._pool, None, None
        if pool is None:
            return
        try:
            await asyncio.wait_for(pool.close(), _STOP_SECONDS)
        except (TimeoutError, OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
            log.warning("event_log_closed_hard", reason=repr(error))
            pool.terminate()

    async def ensure_topics(self, specs: Sequence[TopicSpec]) -> None:
        _, topics = self._started()
        with translated():
            await topics.ensure(specs)

    async def publish(self, records: Sequence[OutgoingRecord]) -> None:
        pool, topics = self._started()
        if not records:
            return
        refuse_oversized(records)
        with translated():
            catalogue = await topics.require(record.topic for record in records)
            await append(pool, catalogue, records)

    async def subscribe(self, group: str, topics: Sequence[str], *, on_revoked: Revoked | None = None) -> Subscription:
        pool, catalogue = self._started()
        subscription = EmbeddedSubscription(
            pool=pool,
            pulse=self._pulse,
            topics=catalogue,
            group=group,
            topic_names=topics,
            session_seconds=self._session_seconds,
            on_revoked=on_revoked,
        )
        await subscription.join()
        self._subscriptions.append(subscription)
        return subscription

    async def healthy(self) -> bool:
        if self._pool is None or any(task.done() for task in self._background):
            return False
        try:
            with translated():
                await self._pool.fetchval("SELECT 1", timeout=_HEALTH_SECONDS)
        except Unavailable:
            return False
        return self._pulse.connected

    async def clean(self) -> int:
        """Applies retention and compaction now, and returns how many records were removed."""
        pool, _ = self._started()
        with translated():
            return await clean(pool)

    async def _keep_clean(self, pool: Pool) -> None:
        while True:
            await asyncio.sleep(self._cleaning_seconds)
            try:
                with translated():
                    await clean(pool)
            except Unavailable as error:
                log.warning("event_log_cleaning_postponed", reason=str(error.__cause__))

    def _run(self, work: Coroutine[Any, Any, None], name: str) -> None:
        task = asyncio.create_task(work, name=name)
        task.add_done_callback(_report_end)
        self._background.append(task)

    def _started(self) -> tuple[Pool, Topics]:
        for task in self._background:
            if task.done():
                task.result()
        if self._pool is None or self._topics is None:
            raise RuntimeError("start the broker before using it")
        return self._pool, self._topics


def _report_end(task: asyncio.Task[None]) -> None:
    if not task.cancelled() and task.exception() is not None:
        log.error("event_log_background_failed", task=task.get_name(), exc_info=task.exception())
