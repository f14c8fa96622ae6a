"""A Kafka of three nodes goes on, and loses nothing, while one of them is dead."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.local.kafka import KafkaCluster
from shared.contracts.topics import TopicSpec
from shared.errors import Unavailable
from shared.messaging.broker import OutgoingRecord, Subscription
from shared.messaging.kafka import KafkaBroker, KafkaSettings
from tests.support.kafka import require_kafka

pytestmark = [pytest.mark.kafka, pytest.mark.crash, pytest.mark.xdist_group("kafka")]
TOPIC = TopicSpec("copied", "three copies of everything", partitions=6)


@pytest.fixture
def three_nodes(tmp_path: Path) -> Iterator[KafkaCluster]:
    require_kafka()
    cluster = KafkaCluster(tmp_path / "kafka", nodes=3)
    cluster.start(timeout_seconds=120)
    yield cluster
    cluster.kill()  # an orderly end waits for the majority that the test has broken up


async def publish(broker: KafkaBroker, values: range) -> None:
    batch = [OutgoingRecord(TOPIC.name, str(value % 20).encode(), str(value).encode()) for value in values]
    while True:
        try:
            return await broker.publish(batch)
        except Unavailable:
            await asyncio.sleep(0.2)


async def read(reader: Subscription, seen: set[int], expected: range) -> None:
    async with asyncio.timeout(60):
        while not seen.issuperset(expected):
            try:
                batch = await reader.fetch(1000, 1.0)
                seen.update(int(record.value or b"") for record in batch)
                await reader.commit({record.topic_partition: record.offset + 1 for record in batch})
            except Unavailable:
                await asyncio.sleep(0.2)


@pytest.mark.timeout(300)
async def test_a_dead_node_stops_neither_publishing_nor_reading(three_nodes: KafkaCluster) -> None:
    broker = KafkaBroker(KafkaSettings(three_nodes.bootstrap_servers, replication_factor=3))
    await broker.start()
    try:
        await broker.ensure_topics([TOPIC])
        reader = await broker.subscribe("readers", [TOPIC.name])
        seen: set[int] = set()
        for turn, node in enumerate(three_nodes.nodes):
            await publish(broker, range(turn * 200, turn * 200 + 100))
            node.kill()
            await publish(broker, range(turn * 200 + 100, turn * 200 + 200))
            await read(reader, seen, range(turn * 200 + 200))
            await asyncio.to_thread(three_nodes.start, 120)
        assert await broker.healthy()
    finally:
        await broker.stop()
