"""How every broker shares a topic: between groups, within a group, and when members come, go and die."""

import asyncio

from shared.contracts.topics import TopicSpec
from shared.messaging.broker import OutgoingRecord, Record, Subscription, TopicPartition
from tests.contract.broker_suite.site import BrokerSite, collect, nothing_comes, records, values


def numbered(topic: str, count: int, prefix: str = "") -> list[OutgoingRecord]:
    """Records with as many keys, so that every partition gets some."""
    return [OutgoingRecord(topic, str(number).encode(), f"{prefix}{number}".encode()) for number in range(count)]


async def settle(*members: Subscription, partitions: int) -> list[set[TopicPartition]]:
    """Lets all members fetch until together they own each of `partitions` once and none has all of them."""
    async with asyncio.timeout(30):
        while True:
            await asyncio.gather(*(member.fetch(1000, 0.2) for member in members))
            owned = [set(await member.lag()) for member in members]
            evenly = all(owned) and sum(map(len, owned)) == len(set[TopicPartition]().union(*owned)) == partitions
            if evenly:
                return owned


async def drain(member: Subscription) -> list[Record]:
    """Everything there is to read at present."""
    found: list[Record] = []
    while batch := await member.fetch(1000, 1.0):
        found.extend(batch)
    return found


async def test_every_group_gets_everything(site: BrokerSite) -> None:
    broker, topic = await site.open_with_topic()
    readers = [await broker.subscribe(group, [topic]) for group in ("first", "second")]
    await broker.publish(numbered(topic, 30))
    for reader in readers:
        assert sorted(values(await collect(reader, 30))) == sorted(str(number) for number in range(30))


async def test_a_group_started_late_gets_what_was_published_before(site: BrokerSite) -> None:
    broker, topic = await site.open_with_topic()
    await broker.publish(numbered(topic, 30))
    reader = await broker.subscribe("late", [topic])
    assert len(await collect(reader, 30)) == 30


async def test_one_member_reads_several_topics(site: BrokerSite) -> None:
    broker, first = await site.open_with_topic()
    second = await site.add_topic(broker)
    reader = await broker.subscribe("readers", [first, second])
    await broker.publish([*numbered(first, 10), *numbered(second, 10)])
    found = await collect(reader, 20)
    assert sorted({record.topic for record in found}) == sorted({first, second})


async def test_members_of_a_group_share_the_partitions_and_no_record_comes_twice(site: BrokerSite) -> None:
    broker, topic = await site.open_with_topic(partitions=6)
    members = [await (await site.open()).subscribe("workers", [topic]) for _ in range(3)]
    owned = await settle(*members, partitions=6)
    assert [len(partitions) for partitions in owned] == [2, 2, 2]

    await broker.publish(numbered(topic, 60))
    found = [record for member in members for record in await drain(member)]
    assert sorted(values(found)) == sorted(str(number) for number in range(60))


async def test_a_partition_moves_only_after_its_owner_handled_what_it_has_in_hand(site: BrokerSite) -> None:
    broker, topic = await site.open_with_topic(partitions=2)
    await broker.publish(numbered(topic, 20))
    revoked: list[TopicPartition] = []

    async def on_revoked(partitions: frozenset[TopicPartition]) -> None:
        # In hand, and handled just in time: the next owner must start after them.
        await first.commit({partition: ends[partition] for partition in partitions})
        revoked.extend(partitions)

    first = await broker.subscribe("workers", [topic], on_revoked=on_revoked)
    in_hand = await collect(first, 20)
    ends = {record.topic_partition: record.offset + 1 for record in in_hand}

    second = await (await site.open()).subscribe("workers", [topic])
    assert await nothing_comes(second), "the owner was still at work, yet its partition moved"
    assert revoked == []

    _, owned_by_second = await settle(first, second, partitions=2)
    # A broker may take all partitions in order to give most of them back.
    assert owned_by_second <= set(revoked)
    await broker.publish(numbered(topic, 20, "new "))
    found = [*await drain(first), *await drain(second)]
    assert sorted(values(found)) == sorted(f"new {number}" for number in range(20))


async def test_a_leaving_member_hands_over_at_once(site: BrokerSite) -> None:
    broker, topic = await site.open_with_topic(partitions=4)
    leaving = await broker.subscribe("workers", [topic])
    staying = await (await site.open()).subscribe("workers", [topic])
    await settle(leaving, staying, partitions=4)

    await leaving.close()
    await broker.publish(numbered(topic, 40))
    # Well below any session timeout. What it read before it got the rest may come again, being uncommitted.
    seen: set[str] = set()
    async with asyncio.timeout(2.5):
        while len(seen) < 40:
            seen.update(values(await staying.fetch(1000, 1.0)))
    assert seen == {str(number) for number in range(40)}


async def test_a_member_that_waits_takes_over_at_once(site: BrokerSite) -> None:
    broker, topic = await site.open_with_topic(partitions=1)
    leaving = await broker.subscribe("workers", [topic])
    await broker.publish(records(topic, "in hand"))
    await collect(leaving, 1)
    idle = await (await site.open()).subscribe("workers", [topic])
    waiting = asyncio.create_task(idle.fetch(1000, 30))
    await leaving.fetch(1000, 1.0)
    await leaving.close()
    assert values(await asyncio.wait_for(waiting, 2.5)) == ["in hand"]


async def test_closing_ends_a_waiting_fetch(site: BrokerSite) -> None:
    broker, topic = await site.open_with_topic()
    member = await broker.subscribe("workers", [topic])
    fetching = asyncio.create_task(member.fetch(10, 60))
    await asyncio.sleep(0.5)  # let it wait: whether it already does cannot be seen from outside
    await member.close()
    assert list(await asyncio.wait_for(fetching, 5)) == []


async def test_a_frozen_member_is_evicted_and_its_late_commit_is_ignored(site: BrokerSite) -> None:
    broker, topic = await site.open_with_topic(partitions=2)
    frozen = await site.start_member("workers", topic)
    await broker.publish(numbered(topic, 20))
    taken = await frozen.collect(20)
    frozen.freeze()

    heir = await broker.subscribe("workers", [topic])
    found = await collect(heir, 20, seconds=40)
    assert sorted(values(found)) == sorted(taken)
    assert set(await heir.lag()) == {TopicPartition(topic, 0), TopicPartition(topic, 1)}

    frozen.thaw()
    for partition in (0, 1):
        await frozen.commit(topic, partition, 10_000)
    assert sum((await heir.lag()).values()) == 20, "a member that lost its partitions moved their offsets"


async def test_a_member_thawed_after_its_eviction_joins_again(site: BrokerSite) -> None:
    broker, topic = await site.open_with_topic(partitions=2)
    frozen = await site.start_member("workers", topic)
    frozen.freeze()
    heir = await broker.subscribe("workers", [topic])
    await broker.publish(numbered(topic, 20))
    await collect(heir, 20, seconds=40, commit=True)

    frozen.thaw()
    await heir.close()
    await broker.publish(numbered(topic, 20, "second "))
    assert all(value.startswith("second ") for value in await frozen.collect(20))


async def test_a_group_follows_a_topic_that_grows(site: BrokerSite) -> None:
    broker, topic = await site.open_with_topic(partitions=1)
    reader = await broker.subscribe("workers", [topic])
    await broker.publish(records(topic, "before"))
    await collect(reader, 1, commit=True)
    await broker.ensure_topics([TopicSpec(topic, "grown", partitions=4)])
    await broker.publish(numbered(topic, 40))
    seen: set[int] = set()
    async with asyncio.timeout(30):
        while len(seen) < 4:
            seen |= {record.partition for record in await reader.fetch(1000, 1.0)}
    assert seen == {0, 1, 2, 3}
