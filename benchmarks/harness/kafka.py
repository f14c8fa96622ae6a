"""What benchmarks do to a Kafka beside publishing: let groups begin anew, and ask how far they are."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient

from shared.contracts.topics import TopicSpec


async def begin_anew(bootstrap_servers: str, group: str, topic: TopicSpec) -> None:
    """Lets a `group` without members read `topic` from its beginning the next time."""
    consumer = AIOKafkaConsumer(bootstrap_servers=bootstrap_servers, group_id=group, enable_auto_commit=False)
    await consumer.start()
    try:
        partitions = [TopicPartition(topic.name, number) for number in range(topic.partitions)]
        consumer.assign(partitions)
        await consumer.commit(dict.fromkeys(partitions, 0))
    finally:
        await consumer.stop()


@asynccontextmanager
async def committed_offsets(bootstrap_servers: str, group: str) -> AsyncIterator[Callable[[], Awaitable[int]]]:
    """Gives a function that tells how many records the group is done with, over all its partitions."""
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap_servers)
    await admin.start()

    async def done() -> int:
        offsets = await admin.list_consumer_group_offsets(group)
        return sum(max(0, one.offset) for one in offsets.values())

    try:
        yield done
    finally:
        await admin.close()
