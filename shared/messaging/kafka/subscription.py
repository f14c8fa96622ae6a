"""One member of a Kafka consumer group.

The client moves partitions from a task of its own, at any moment; here a partition moves only while its owner stands
in `fetch`. So the rebalance listener waits for that, and `fetch` returns nothing of a partition that has begun to move.
"""

import asyncio
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import structlog
from aiokafka import AIOKafkaConsumer
from aiokafka import TopicPartition as KafkaPartition
from aiokafka.abc import ConsumerRebalanceListener
from aiokafka.coordinator.assignors.sticky.sticky_assignor import StickyPartitionAssignor
from aiokafka.errors import CommitFailedError, ConsumerStoppedError, IllegalStateError, KafkaError

from shared.messaging.broker import Record, Revoked, TopicPartition
from shared.messaging.kafka.closing import stop_consumer
from shared.messaging.kafka.connection import KafkaSettings, translated

log = structlog.get_logger(__name__)

_MAX_HOLD_SECONDS = 300.0
"""A member that was not called for this long is stuck: Kafka shares out its partitions without it."""

_ANSWER_SECONDS = 10.0
_FETCH_BYTES = 16 * 1024 * 1024
_PARTITION_BYTES = 2 * 1024 * 1024


class KafkaSubscription:
    def __init__(self, settings: KafkaSettings, group: str, topics: Sequence[str], on_revoked: Revoked | None) -> None:
        self._settings = settings
        self._group = group
        self._topics = tuple(topics)
        self._on_revoked = on_revoked
        self._consumer: AIOKafkaConsumer | None = None
        self._taking: tuple[int, asyncio.Task[dict[Any, list[Any]]]] | None = None
        self._era = 0
        self._rewind_due = False
        self._closed = False
        self._failure: Exception | None = None
        self._answered_at = time.monotonic()
        self._in_fetch = asyncio.Event()
        self._settled = asyncio.Event()
        self._settled.set()

    async def join(self) -> None:
        with translated():
            await self._open()

    async def fetch(self, max_records: int, max_wait_seconds: float) -> Sequence[Record]:
        if self._closed:
            raise RuntimeError("this subscription is closed: subscribe again")
        deadline = time.monotonic() + max_wait_seconds
        self._in_fetch.set()
        try:
            with translated():
                while not self._closed:
                    if records := await self._take(max_records, deadline - time.monotonic()):
                        self._answered_at = time.monotonic()
                        return records
                    if time.monotonic() >= deadline:
                        await self._probe()
                        return ()
            return ()
        finally:
            if not self._closed:
                self._in_fetch.clear()

    async def commit(self, offsets: Mapping[TopicPartition, int]) -> None:
        consumer = self._consumer
        if consumer is None or self._closed:
            return
        owned = consumer.assignment()
        known = {KafkaPartition(*key): offset for key, offset in offsets.items() if KafkaPartition(*key) in owned}
        if not known:
            return
        with translated():
            try:
                async with asyncio.timeout(_ANSWER_SECONDS):
                    await consumer.commit(known)
            except (CommitFailedError, IllegalStateError) as error:
                log.info("commit_ignored", group=self._group, reason=str(error))

    async def rewind(self) -> None:
        # Done by the next fetch. What an earlier one left unfinished was read from the positions before.
        self._era += 1
        self._rewind_due = True

    async def lag(self) -> Mapping[TopicPartition, int]:
        consumer = self._consumer
        if consumer is None or self._closed:
            return {}
        with translated():
            async with asyncio.timeout(_ANSWER_SECONDS):
                owned = list(consumer.assignment())
                ends, starts = await asyncio.gather(consumer.end_offsets(owned), consumer.beginning_offsets(owned))
                committed = dict(zip(owned, await asyncio.gather(*map(consumer.committed, owned)), strict=True))
        return {TopicPartition(*key): max(0, ends[key] - max(committed[key] or 0, starts[key])) for key in owned}

    async def close(self) -> None:
        if self._closed:
            return
        self._closed = True
        # A listener that waits for the next fetch would hold up the leaving.
        self._in_fetch.set()
        await self._shut()

    async def _open(self) -> AIOKafkaConsumer:
        settings = self._settings
        # The assignor keeps its state in the class: a class of its own keeps members of one process apart.
        sticky = type("Sticky", (StickyPartitionAssignor,), {})
        consumer = AIOKafkaConsumer(
            **settings.client_arguments(),
            group_id=self._group,
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            partition_assignment_strategy=(sticky,),
            session_timeout_ms=int(settings.session_seconds * 1000),
            heartbeat_interval_ms=int(min(1.0, settings.session_seconds / 4) * 1000),
            rebalance_timeout_ms=int(_MAX_HOLD_SECONDS * 1000),
            max_poll_interval_ms=int(_MAX_HOLD_SECONDS * 1000),
            fetch_max_bytes=_FETCH_BYTES,
            max_partition_fetch_bytes=_PARTITION_BYTES,
        )
        try:
            await consumer.start()
        except BaseException:
            await stop_consumer(consumer, self._group)
            raise
        # Subscribed after the start, which otherwise waits until all other members have let go.
        consumer.subscribe(self._topics, listener=_Listener(self))
        self._consumer = consumer
        return consumer

    async def _shut(self) -> None:
        taking, self._taking = self._taking, None
        consumer, self._consumer = self._consumer, None
        if consumer is not None:
            await stop_consumer(consumer, self._group)
        if taking is not None:
            taking[1].cancel()
            await asyncio.gather(taking[1], return_exceptions=True)

    async def _take(self, max_records: int, seconds: float) -> list[Record]:
        if self._failure is not None:
            failure, self._failure = self._failure, None
            raise failure
        consumer = self._consumer or await self._open()
        await self._rewind_if_due()
        era, task = self._taking or (self._era, _start_taking(consumer, max_records, seconds))
        self._taking = (era, task)
        # Not cancelled when it takes longer, as it does during a rebalance: the next fetch goes on waiting for it.
        await asyncio.wait({task}, timeout=max(0.0, seconds) + 0.05)
        if not task.done() or self._closed:
            return []
        # While `on_revoked` is under way nothing may be handed out that it has just let go.
        await self._settled.wait()
        # From here on nothing may be interrupted: the consumer counts these records as read.
        self._taking = None
        self._rewind_due = era != self._era
        if self._rewind_due or task.exception() is not None:
            await self._give_up(task)
            return []
        return [_record(raw) for part in task.result().values() for raw in part]

    async def _give_up(self, task: asyncio.Task[dict[Any, list[Any]]]) -> None:
        """Ends a fetch whose records may not be handed out, or that brought an error instead; raises that error."""
        error = task.exception()
        if type(error) is KafkaError:
            # A task of the consumer died; it would report that for ever. The next fetch opens a new consumer.
            await self._shut()
        if error is not None and not isinstance(error, ConsumerStoppedError):
            raise error

    async def _probe(self) -> None:
        """Tells silence from absence: the consumer itself waits for a lost broker without a word."""
        consumer = self._consumer
        if consumer is None or self._closed or time.monotonic() - self._answered_at < self._settings.probe_seconds:
            return
        async with asyncio.timeout(self._settings.probe_seconds):
            if owned := list(consumer.assignment()):
                await consumer.end_offsets(owned)
            else:
                await consumer.topics()
        self._answered_at = time.monotonic()

    async def _rewind_if_due(self) -> None:
        consumer = self._consumer
        if consumer is None or not self._rewind_due:
            return
        try:
            async with asyncio.timeout(_ANSWER_SECONDS):
                for partition in consumer.assignment():
                    offset = await consumer.committed(partition)
                    if offset is None:
                        await consumer.seek_to_beginning(partition)
                    else:
                        consumer.seek(partition, offset)
        except IllegalStateError as error:
            # Taken away meanwhile: whoever owns it next starts at the committed offset by itself.
            log.info("rewind_overtaken", group=self._group, reason=str(error))
        # Not before: interrupted half-way, it has to be done again, or records would be skipped.
        self._rewind_due = False

    async def hand_over(self, partitions: frozenset[TopicPartition]) -> None:
        """Called by the listener, in a task of the consumer's, before partitions move."""
        if not partitions:
            return
        self._era += 1
        self._settled.clear()
        try:
            await self._in_fetch.wait()
            if self._on_revoked is not None and not self._closed:
                await self._on_revoked(partitions)
        except Exception as error:  # the consumer would log it and go on; the caller of fetch must see it
            self._failure = error
        finally:
            self._settled.set()


class _Listener(ConsumerRebalanceListener):  # type: ignore[misc]
    def __init__(self, subscription: KafkaSubscription) -> None:
        self._subscription = subscription

    async def on_partitions_revoked(self, revoked: set[KafkaPartition]) -> None:
        await self._subscription.hand_over(frozenset(TopicPartition(*key) for key in revoked))

    async def on_partitions_assigned(self, assigned: set[KafkaPartition]) -> None:
        """Nothing to prepare: the consumer starts at the committed offsets by itself."""


def _start_taking(consumer: AIOKafkaConsumer, max_records: int, seconds: float) -> asyncio.Task[dict[Any, list[Any]]]:
    wait_ms = max(0, int(seconds * 1000))
    return asyncio.create_task(consumer.getmany(timeout_ms=wait_ms, max_records=max_records))


def _record(raw: Any) -> Record:
    return Record(
        topic=raw.topic,
        partition=raw.partition,
        offset=raw.offset,
        key=raw.key,
        value=raw.value,
        headers=tuple((name, value or b"") for name, value in raw.headers),
        timestamp=datetime.fromtimestamp(raw.timestamp / 1000, UTC),
    )
