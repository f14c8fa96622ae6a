"""When batches are read, applied and committed, and what happens to the one in hand when partitions move or all ends.

A crash at any line loses nothing and doubles nothing: offsets are committed after the database, so at worst a batch
comes again, and the inbox knows it. Batches need no tuning: an event that arrives alone is applied alone and at once,
while others gather behind it; after a small batch the loop waits a moment for more; a backlog comes in full batches.

When partitions move, the batch in hand is finished and committed first. Only one that waits out an outage is dropped,
since that may take long, and read again by whoever has its partitions then; after a few seconds in any case, for some
brokers move partitions only while they are asked for records. Should finishing take too long, the new owner begins
beside it: both claim the same events in the inbox, and the second finds them seen.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from functools import partial

import structlog

from shared.errors import Unavailable
from shared.messaging.attempts import Attempts, Interrupted, Pause, pause_unless
from shared.messaging.broker import Broker, Record, Subscription, TopicPartition
from shared.messaging.consumer_metrics import ConsumerMetrics
from shared.waiting import happened

log = structlog.get_logger(__name__)

Process = Callable[[Sequence[Record], Pause], Awaitable[None]]
"""Returns when all records are dealt with and committed; Interrupted when told so by the pause."""

_FETCH_SECONDS = 5.0
_LAG_SECONDS = 5.0
_SMALL_BATCH = 50
_LINGER_SECONDS = 0.003
_DRAIN_SECONDS = 10.0
_HOLD_SECONDS = 5.0


class ConsumerLoop:
    def __init__(
        self,
        *,
        group: str,
        topics: Sequence[str],
        broker: Broker,
        process: Process,
        attempts: Attempts,
        metrics: ConsumerMetrics,
        max_batch: int,
    ) -> None:
        self._group = group
        self._topics = topics
        self._broker = broker
        self._process = process
        self._attempts = attempts
        self._metrics = metrics
        self._max_batch = max_batch
        self._idle = asyncio.Event()
        self._idle.set()
        self._let_go = asyncio.Event()
        self._lag_known_at = 0.0

    async def run(self, stop: asyncio.Event) -> None:
        subscribe = partial(self._broker.subscribe, self._group, self._topics, on_revoked=self._release)
        with suppress(Interrupted):
            subscription = await self._attempts.patiently(subscribe, pause=pause_unless(stop))
            log.info("consuming", topics=self._topics)
            closing = asyncio.create_task(self._close_after(stop, subscription))
            try:
                while not stop.is_set():
                    await self._take_turn(subscription, stop)
                await closing
            finally:
                closing.cancel()
                await subscription.close()

    async def _take_turn(self, subscription: Subscription, stop: asyncio.Event) -> None:
        fetch = partial(subscription.fetch, self._max_batch, _FETCH_SECONDS)
        records = await self._attempts.patiently(fetch, pause=pause_unless(stop))
        if stop.is_set():
            return
        await self._report_lag(subscription)
        if not records or stop.is_set():  # asked again: the subscription may have closed while the lag was found out
            return
        try:
            await self._apply(subscription, records, stop)
        except Interrupted:
            # Rewinding may release partitions, which waits until nothing is in hand.
            await self._attempts.patiently(subscription.rewind, pause=pause_unless(stop))
        if len(records) < _SMALL_BATCH:
            await happened(stop, within_seconds=_LINGER_SECONDS)

    async def _apply(self, subscription: Subscription, records: Sequence[Record], stop: asyncio.Event) -> None:
        self._let_go.clear()
        self._idle.clear()
        pause = self._pause(stop, time.monotonic() + _HOLD_SECONDS)
        try:
            await self._process(records, pause)
            await self._attempts.patiently(partial(subscription.commit, _ends(records)), pause=pause)
        finally:
            self._idle.set()

    def _pause(self, stop: asyncio.Event, deadline: float) -> Pause:
        """Waits for the next attempt at the batch in hand, as long as holding on to it does no harm."""
        uninterrupted = pause_unless(stop, self._let_go)

        async def pause(seconds: float) -> None:
            left = deadline - time.monotonic()
            await uninterrupted(max(0.0, min(seconds, left)))
            if seconds >= left:
                raise Interrupted

        return pause

    async def _release(self, partitions: frozenset[TopicPartition]) -> None:
        """Called by the subscription before partitions are given away: within its fetch, where nothing is in hand, or
        from a task of its own."""
        self._let_go.set()
        if not await happened(self._idle, within_seconds=_DRAIN_SECONDS):
            log.warning("partitions_released_while_busy", partitions=len(partitions))

    async def _close_after(self, stop: asyncio.Event, subscription: Subscription) -> None:
        """Ends a fetch that waits for records, and the membership with it, but not before the batch in hand is done."""
        await stop.wait()
        await self._idle.wait()
        await subscription.close()

    async def _report_lag(self, subscription: Subscription) -> None:
        if time.monotonic() - self._lag_known_at < _LAG_SECONDS:
            return
        self._lag_known_at = time.monotonic()
        try:
            self._metrics.lag(await subscription.lag())
        except Unavailable as error:
            log.info("lag_unknown", code=error.code)  # the next fetch waits it out


def _ends(records: Sequence[Record]) -> dict[TopicPartition, int]:
    """The offsets to go on from; records come in order per partition."""
    last = {(record.topic, record.partition): record.offset for record in records}
    return {TopicPartition(*partition): offset + 1 for partition, offset in last.items()}
