"""What every broker has acknowledged survives kill -9 of its server, any number of times."""

import asyncio
import random
from collections import defaultdict

import pytest

from shared.errors import Unavailable
from shared.messaging.broker import Broker, OutgoingRecord, Subscription
from tests.contract.broker_suite.site import BrokerSite
from tests.support.eventually import eventually

pytestmark = pytest.mark.crash

_PUBLISHERS = 3
_KEYS_EACH = 5
_ROUNDS = 60
_KILLS = 3


async def persistently_publish(broker: Broker, batch: list[OutgoingRecord]) -> None:
    """As the outbox relay does: the same records again until it is known that all were written."""
    while True:
        try:
            return await broker.publish(batch)
        except Unavailable:
            await asyncio.sleep(0.1)


async def publish_rounds(broker: Broker, topic: str, publisher: int) -> None:
    for number in range(_ROUNDS):
        keys = [f"{publisher}-{key}".encode() for key in range(_KEYS_EACH)]
        batch = [OutgoingRecord(topic, key, str(2 * number + half).encode()) for half in (0, 1) for key in keys]
        await persistently_publish(broker, batch)
        await asyncio.sleep(0.05)


async def read_until(subscription: Subscription, seen: dict[bytes, list[int]], done: asyncio.Event) -> None:
    """As the consumer loop does: a batch counts when its commit was tried; Unavailable means try again."""
    while not done.is_set():
        try:
            batch = await subscription.fetch(100, 0.5)
            for record in batch:
                number = int(record.value or b"")
                # Redelivered or published twice: dropped, as the inbox does.
                if number not in seen[record.key or b""]:
                    seen[record.key or b""].append(number)
            if batch:
                await subscription.commit({record.topic_partition: record.offset + 1 for record in batch})
        except Unavailable:
            await asyncio.sleep(0.1)
        if len(seen) == _PUBLISHERS * _KEYS_EACH and all(len(numbers) == 2 * _ROUNDS for numbers in seen.values()):
            done.set()


async def kill_and_restart(site: BrokerSite, done: asyncio.Event) -> None:
    chance = random.Random(7)
    for _ in range(_KILLS):
        await asyncio.sleep(chance.uniform(0.5, 2.0))
        await site.kill_server()
        await asyncio.sleep(chance.uniform(0.0, 1.0))
        await site.start_server()
    await done.wait()


async def test_every_acknowledged_record_arrives_in_order_whatever_crashes(stoppable_site: BrokerSite) -> None:
    broker, topic = await stoppable_site.open_with_topic(partitions=4)
    seen: dict[bytes, list[int]] = defaultdict(list)
    done = asyncio.Event()
    members = [await (await stoppable_site.open()).subscribe("workers", [topic]) for _ in range(2)]
    publishers = [await stoppable_site.open() for _ in range(_PUBLISHERS)]
    async with asyncio.timeout(150), asyncio.TaskGroup() as work:
        for member in members:
            work.create_task(read_until(member, seen, done))
        for number, publisher in enumerate(publishers):
            work.create_task(publish_rounds(publisher, topic, number))
        work.create_task(kill_and_restart(stoppable_site, done))

    assert {key: numbers for key, numbers in seen.items() if numbers != sorted(numbers)} == {}
    await eventually(broker.healthy, seconds=30)
