"""Writing records to Kafka: whole batches per partition, through a producer that is replaced when it fails."""

import asyncio
from collections.abc import Sequence
from typing import Any

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError, MessageSizeTooLargeError, RecordListTooLargeError

from shared.errors import InvalidInput
from shared.messaging.broker import OutgoingRecord
from shared.messaging.kafka.closing import abandon_producer, stop_producer
from shared.messaging.kafka.connection import KafkaSettings, translated
from shared.messaging.partitioning import partition_of, record_size

_BATCH_BYTES = 900_000
"""A broker takes batches up to 1,048,588 bytes; a single larger record gets a batch of its own."""


class Publisher:
    """Idempotent: within the life of one producer a retried batch is written once, and in order."""

    def __init__(self, settings: KafkaSettings) -> None:
        self._settings = settings
        self._producer: AIOKafkaProducer | None = None
        self._starting = asyncio.Lock()
        self._retiring: set[asyncio.Task[None]] = set()

    async def publish(self, records: Sequence[OutgoingRecord]) -> None:
        """The topics must exist. Raises Unavailable when not all is known to be written within the delivery time, and
        InvalidInput (`record_too_large`) when this broker or topic takes less than we allow."""
        with translated():
            producer = await self._ready()
            try:
                async with asyncio.timeout(self._settings.delivery_seconds):
                    await _deliver(producer, records)
            except (MessageSizeTooLargeError, RecordListTooLargeError) as refusal:
                self._retire(producer)
                raise _too_large(records) from refusal
            except (KafkaError, TimeoutError):
                # An idempotent producer retries for ever, and after a refused sequence it never recovers. The caller
                # publishes again, and what this one still had in hand must not pile up behind that.
                self._retire(producer)
                raise

    async def close(self) -> None:
        producer, self._producer = self._producer, None
        if producer is not None:
            await stop_producer(producer)
        await asyncio.gather(*self._retiring)

    async def refresh(self) -> None:
        """Learns at once how many partitions there are, instead of within `metadata_seconds`."""
        if self._producer is not None:
            await self._producer.client.force_metadata_update()

    async def _ready(self) -> AIOKafkaProducer:
        async with self._starting:
            if self._producer is None:
                producer = AIOKafkaProducer(
                    **self._settings.client_arguments()
                    | {"request_timeout_ms": int(self._settings.delivery_seconds * 1000)},
                    acks="all",
                    enable_idempotence=True,
                    max_batch_size=_BATCH_BYTES,
                )
                try:
                    async with asyncio.timeout(self._settings.delivery_seconds):
                        await producer.start()
                except BaseException:
                    self._retire(producer)
                    raise
                self._producer = producer
            return self._producer

    def _retire(self, producer: AIOKafkaProducer) -> None:
        if self._producer is producer:
            self._producer = None
        task = asyncio.create_task(abandon_producer(producer), name="kafka-producer-retiring")
        self._retiring.add(task)
        task.add_done_callback(self._retiring.discard)


def _too_large(records: Sequence[OutgoingRecord]) -> InvalidInput:
    # The broker refuses whole batches and names no record: whoever published several tries with fewer at once.
    return InvalidInput(
        "the broker refuses a batch as larger than its message.max.bytes: publish a reference instead, or raise it",
        code="record_too_large",
        field="records",
        records=len(records),
        largest=max(map(record_size, records)),
    )


async def _deliver(producer: AIOKafkaProducer, records: Sequence[OutgoingRecord]) -> None:
    counts: dict[str, int] = {}
    by_partition: dict[tuple[str, int], list[OutgoingRecord]] = {}
    for record in records:
        if record.topic not in counts:
            counts[record.topic] = len(await producer.partitions_for(record.topic))
        partition = partition_of(record.key, counts[record.topic])
        by_partition.setdefault((record.topic, partition), []).append(record)
    await asyncio.gather(
        *(_deliver_to(producer, topic, partition, part) for (topic, partition), part in by_partition.items())
    )


async def _deliver_to(
    producer: AIOKafkaProducer, topic: str, partition: int, records: Sequence[OutgoingRecord]
) -> None:
    # Batches built here, not `send`: with calls of 1,000 records (377 bytes, 7 headers; six partitions, one local
    # broker, Kafka 4.4.0, 2 cores) 130-165 thousand records/s at 4 us of CPU each, against 45-55 thousand at 14 us.
    delivered: list[asyncio.Future[Any]] = []
    batch = producer.create_batch()
    for record in records:
        if not _append(batch, record):
            # Waits until the batch before is on its way; a partition has one batch in flight, so order is kept.
            delivered.append(await producer.send_batch(batch, topic, partition=partition))
            batch = producer.create_batch()
            _append(batch, record)
    delivered.append(await producer.send_batch(batch, topic, partition=partition))
    await asyncio.gather(*delivered)


def _append(batch: Any, record: OutgoingRecord) -> bool:
    taken = batch.append(timestamp=None, key=record.key, value=record.value, headers=list(record.headers))
    return taken is not None
