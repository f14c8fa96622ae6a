"""One run each: our relay, the same bytes by aiokafka alone, the same rows by SQL alone."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

from aiokafka import AIOKafkaProducer

from benchmarks.harness.backlog import catch_up
from benchmarks.harness.cases import Figures
from benchmarks.harness.site import BrokerSite, Site
from shared.messaging.broker import OutgoingRecord
from shared.messaging.codec import unpack_headers
from shared.messaging.partitioning import partition_of

_BATCH = 2_000
_BATCH_BYTES = 900_000
_NEXT = "SELECT id, topic, key, headers, value FROM outbox ORDER BY id LIMIT $1"
_DELETE = "DELETE FROM outbox WHERE id = ANY ($1::bigint[])"
_LOG = "CREATE TABLE log (place bigint PRIMARY KEY, key bytea NOT NULL, headers bytea NOT NULL, value bytea)"
_APPEND = "INSERT INTO log SELECT * FROM unnest($1::bigint[], $2::bytea[], $3::bytea[], $4::bytea[])"


async def read_outbox(site: Site, database: str) -> list[OutgoingRecord]:
    """All rows, as the records they are to become."""
    connection = await site.postgres.connect(database)
    try:
        rows = await connection.fetch("SELECT topic, key, headers, value FROM outbox ORDER BY id")
    finally:
        await connection.close()
    return [OutgoingRecord(row["topic"], row["key"], row["value"], unpack_headers(row["headers"])) for row in rows]


@dataclass(frozen=True, slots=True)
class RelayRun:
    """The interaction worker over a full outbox: published, acknowledged and deleted."""

    site: Site
    broker: BrokerSite
    template: str
    rows: int

    async def measure(self) -> Figures:
        database = await self.site.clone(self.template)
        await self.site.settle()
        worker = self.site.service("interaction", "worker", database, self.broker.settings)
        servers = {"postgres": self.site.postgres_pid}
        if self.broker.pid is not None:
            servers["kafka"] = self.broker.pid
        connection = await self.site.postgres.connect(database)

        async def done() -> int:
            return self.rows - int(await connection.fetchval("SELECT count(*) FROM outbox"))

        try:
            return await catch_up(worker, done, self.rows, servers)
        finally:
            await connection.close()
            await self.site.drop(database)


@dataclass(frozen=True, slots=True)
class AiokafkaRun:
    """The same records straight from memory, idempotent and acknowledged by all, to the same topic."""

    broker: BrokerSite
    records: Sequence[OutgoingRecord]

    async def by_batches(self) -> Figures:
        return await self._measure(_send_batches)

    async def one_by_one(self) -> Figures:
        return await self._measure(_send_singly)

    async def _measure(self, send: Callable[[Any, Sequence[OutgoingRecord]], Awaitable[None]]) -> Figures:
        producer = AIOKafkaProducer(
            bootstrap_servers=self.broker.bootstrap_servers,
            acks="all",
            enable_idempotence=True,
            max_batch_size=_BATCH_BYTES,
        )
        await producer.start()
        try:
            await producer.partitions_for(self.records[0].topic)
            began = time.perf_counter()
            for start in range(0, len(self.records), _BATCH):
                await send(producer, self.records[start : start + _BATCH])
            return {"per_second": len(self.records) / (time.perf_counter() - began)}
        finally:
            await producer.stop()


async def _send_batches(producer: Any, records: Sequence[OutgoingRecord]) -> None:
    partitions = len(await producer.partitions_for(records[0].topic))
    batches: dict[int, Any] = {}
    sent = []
    for record in records:
        partition = partition_of(record.key, partitions)
        batch = batches.setdefault(partition, producer.create_batch())
        fields = {"key": record.key, "value": record.value, "timestamp": None, "headers": list(record.headers)}
        if batch.append(**fields) is None:
            sent.append(await producer.send_batch(batch, record.topic, partition=partition))
            batches[partition] = producer.create_batch()
            batches[partition].append(**fields)
    for partition, batch in batches.items():
        sent.append(await producer.send_batch(batch, records[0].topic, partition=partition))
    await asyncio.gather(*sent)


async def _send_singly(producer: Any, records: Sequence[OutgoingRecord]) -> None:
    sent = [
        await producer.send(record.topic, record.value, key=record.key, headers=list(record.headers))
        for record in records
    ]
    await asyncio.gather(*sent)


@dataclass(frozen=True, slots=True)
class SqlRun:
    """What the database alone takes: reading and deleting the rows, and for the embedded broker appending them."""

    site: Site
    template: str
    rows: int

    async def take(self) -> Figures:
        return await self._measure(append=False)

    async def take_and_append(self) -> Figures:
        return await self._measure(append=True)

    async def _measure(self, *, append: bool) -> Figures:
        database = await self.site.clone(self.template)
        await self.site.settle()
        connection = await self.site.postgres.connect(database)
        try:
            await connection.execute(_LOG)
            began = time.perf_counter()
            while rows := await connection.fetch(_NEXT, _BATCH):
                ids = [row["id"] for row in rows]
                if append:
                    columns = ([row[name] for row in rows] for name in ("key", "headers", "value"))
                    await connection.execute(_APPEND, ids, *columns)
                await connection.execute(_DELETE, ids)
            return {"per_second": self.rows / (time.perf_counter() - began)}
        finally:
            await connection.close()
            await self.site.drop(database)
