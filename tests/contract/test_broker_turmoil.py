"""Members of a group come, go, rewind and break off fetches while records flow: nothing is lost or reordered."""

import asyncio
import random
from collections import defaultdict
from collections.abc import Sequence

import pytest

from shared.messaging.broker import Broker, OutgoingRecord, Record, TopicPartition
from tests.contract.broker_suite.site import BrokerSite

_KEYS = 20
_ROUNDS = 150


class Turmoil:
    """One group's members, each with a short life of its own, and what they saw together."""

    def __init__(self, brokers: list[Broker], topic: str) -> None:
        self.first_seen: dict[bytes | None, list[int]] = defaultdict(list)
        self.in_hand: set[TopicPartition] = set()
        self.read_by_two = 0
        self.revoked_in_hand = 0
        self.done = asyncio.Event()
        self._brokers = brokers
        self._topic = topic
        self._chance = random.Random(11)

    async def publish(self) -> None:
        for number in range(_ROUNDS):
            batch = [OutgoingRecord(self._topic, str(key).encode(), str(number).encode()) for key in range(_KEYS)]
            await self._brokers[number % len(self._brokers)].publish(batch)
            await asyncio.sleep(0.03)

    async def keep_members(self, count: int) -> None:
        """The first stays; the others are replaced as often as they leave."""
        members = {asyncio.create_task(self._live(turns=10_000))}
        while not self.done.is_set():
            while len(members) < count:
                members.add(asyncio.create_task(self._live(turns=self._chance.randint(2, 30))))
            ended, members = await asyncio.wait(members, timeout=0.5, return_when=asyncio.FIRST_COMPLETED)
            for member in ended:
                member.result()
        await asyncio.gather(*members)

    async def _live(self, turns: int) -> None:
        mine: set[TopicPartition] = set()

        async def on_revoked(partitions: frozenset[TopicPartition]) -> None:
            self.revoked_in_hand += len(mine)

        subscription = await self._chance.choice(self._brokers).subscribe(
            "workers", [self._topic], on_revoked=on_revoked
        )
        for _ in range(turns):
            if self.done.is_set():
                break
            patience = 0.01 if self._chance.random() < 0.05 else 10.0
            try:
                batch = await asyncio.wait_for(subscription.fetch(50, 0.5), patience)
            except TimeoutError:
                continue
            mine = {record.topic_partition for record in batch}
            await self._handle(batch, mine)
            mine = set()
            fate = self._chance.random()
            if fate < 0.85:
                await subscription.commit({record.topic_partition: record.offset + 1 for record in batch})
            elif fate < 0.95:
                await subscription.rewind()
        await subscription.close()

    async def _handle(self, batch: Sequence[Record], mine: set[TopicPartition]) -> None:
        self.read_by_two += len(self.in_hand & mine)
        self.in_hand |= mine
        for record in batch:
            numbers = self.first_seen[record.key]
            number = int(record.value or b"")
            if number not in numbers:
                numbers.append(number)
        await asyncio.sleep(self._chance.random() * 0.05)
        self.in_hand -= mine
        if sum(map(len, self.first_seen.values())) == _KEYS * _ROUNDS:
            self.done.set()


@pytest.mark.timeout(170)
async def test_nothing_is_lost_reordered_or_read_by_two_while_members_come_and_go(site: BrokerSite) -> None:
    broker, topic = await site.open_with_topic(partitions=7)
    turmoil = Turmoil([broker, await site.open(), await site.open()], topic)
    async with asyncio.timeout(150):
        await asyncio.gather(turmoil.publish(), turmoil.keep_members(4))

    assert all(numbers == list(range(_ROUNDS)) for numbers in turmoil.first_seen.values())
    assert (turmoil.read_by_two, turmoil.revoked_in_hand) == (0, 0)
