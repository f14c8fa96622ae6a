"""What every broker does with records: order, limits, and keeping them as they were given."""

import asyncio
import time
from datetime import UTC, datetime, timedelta

import pytest

from shared.contracts.topics import TopicSpec
from shared.errors import InvalidInput
from shared.messaging.broker import MAX_RECORD_BYTES, OutgoingRecord
from tests.contract.broker_suite.site import BrokerSite, collect, nothing_comes, records, values


async def test_order_per_key_is_kept_under_concurrent_publishers(site: BrokerSite) -> None:
    broker, topic = await site.open_with_topic(partitions=4)
    reader = await broker.subscribe("readers", [topic])

    async def publish(publisher: int) -> None:
        own = await site.open() if publisher % 2 else broker
        for start in range(0, 200, 20):
            batch = [
                OutgoingRecord(topic, f"{publisher}-{key}".encode(), str(number).encode())
                for number in range(start, start + 20)
                for key in range(3)
            ]
            await own.publish(batch)

    publishing = [asyncio.create_task(publish(publisher)) for publisher in range(4)]
    found = await collect(reader, 4 * 200 * 3)
    await asyncio.gather(*publishing)

    by_key: dict[bytes | None, list[int]] = {}
    by_partition: dict[int, list[int]] = {}
    for record in found:
        by_key.setdefault(record.key, []).append(int(record.value or b""))
        by_partition.setdefault(record.partition, []).append(record.offset)
    assert len(by_key) == 12
    assert all(numbers == list(range(200)) for numbers in by_key.values())
    # Read while being written, so a gap would be an offset that became visible before its predecessor.
    assert all(offsets == list(range(len(offsets))) for offsets in by_partition.values())


async def test_publishes_of_one_task_do_not_overtake_each_other(site: BrokerSite) -> None:
    broker, topic = await site.open_with_topic(partitions=1)
    for number in range(50):
        await broker.publish(records(topic, str(number)))
    reader = await broker.subscribe("readers", [topic])
    assert values(await collect(reader, 50)) == [str(number) for number in range(50)]


async def test_a_key_is_placed_where_kafkas_own_partitioner_places_it(site: BrokerSite) -> None:
    broker, topic = await site.open_with_topic(partitions=12)
    # Positive murmur2 of these keys by Kafka's Java client (UtilsTest), modulo 12.
    java_hashes = {
        b"21": -973932308,
        b"foobar": -790332482,
        b"a-little-bit-long-string": -985981536,
        b"a-little-bit-longer-string": -1486304829,
        b"lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8": -58897971,
        b"abc": 479470107,
    }
    await broker.publish([OutgoingRecord(topic, key, b"v") for key in java_hashes])
    reader = await broker.subscribe("readers", [topic])
    placed = {record.key: record.partition for record in await collect(reader, len(java_hashes))}
    assert placed == {key: (hashed & 0x7FFFFFFF) % 12 for key, hashed in java_hashes.items()}


async def test_headers_tombstones_and_empty_values_come_back_as_given(site: BrokerSite) -> None:
    broker, topic = await site.open_with_topic(partitions=1)
    headers = (("ce_id", b"1"), ("ce_id", b"twice is allowed"), ("binary", bytes(range(256))), ("empty", b""))
    before = datetime.now(UTC)
    await broker.publish(
        [
            OutgoingRecord(topic, b"a", b"\x00\xff", headers),
            OutgoingRecord(topic, b"b", None),
            OutgoingRecord(topic, b"c", b"", (("name 名", "值".encode()),)),
        ]
    )
    reader = await broker.subscribe("readers", [topic])
    first, tombstone, empty = await collect(reader, 3)
    assert (first.key, first.value, first.headers) == (b"a", b"\x00\xff", headers)
    assert (tombstone.key, tombstone.value, tombstone.headers) == (b"b", None, ())
    assert (empty.value, empty.headers) == (b"", (("name 名", "值".encode()),))
    assert (first.topic, first.partition, first.offset) == (topic, 0, 0)
    assert before - timedelta(seconds=1) < first.timestamp < datetime.now(UTC) + timedelta(seconds=1)


async def test_large_records_pass_and_a_batch_of_them_is_bounded(site: BrokerSite) -> None:
    broker, topic = await site.open_with_topic(partitions=2)
    large = [OutgoingRecord(topic, str(number).encode(), bytes([number]) * 900_000) for number in range(30)]
    await broker.publish(large)
    reader = await broker.subscribe("readers", [topic])
    found = list(await reader.fetch(1000, 10))
    assert 0 < len(found) < 30
    found += await collect(reader, 30 - len(found))
    assert {record.key: record.value for record in found} == {record.key: record.value for record in large}


async def test_the_largest_allowed_record_passes(site: BrokerSite) -> None:
    broker, topic = await site.open_with_topic(partitions=1)
    await broker.publish([OutgoingRecord(topic, b"key", bytes(MAX_RECORD_BYTES - len(b"key")))])
    reader = await broker.subscribe("readers", [topic])
    assert len((await collect(reader, 1))[0].value or b"") == MAX_RECORD_BYTES - len(b"key")


async def test_an_oversized_record_is_refused_before_anything_is_written(site: BrokerSite) -> None:
    broker, topic = await site.open_with_topic(partitions=1)
    oversized = OutgoingRecord(topic, b"key", bytes(MAX_RECORD_BYTES + 1))
    with pytest.raises(InvalidInput) as refusal:
        await broker.publish([*records(topic, "before"), oversized, *records(topic, "after")])
    assert (refusal.value.code, refusal.value.field) == ("record_too_large", "records[1]")
    assert "1000000" in refusal.value.detail

    reader = await broker.subscribe("readers", [topic])
    assert await nothing_comes(reader)


async def test_an_unknown_topic_is_refused_quickly_before_anything_is_written(site: BrokerSite) -> None:
    broker, topic = await site.open_with_topic(partitions=1)
    started = time.monotonic()
    with pytest.raises(InvalidInput) as publishing:
        await broker.publish([*records(topic, "first"), *records("suite.unknown", "x")])
    with pytest.raises(InvalidInput) as subscribing:
        await broker.subscribe("readers", [topic, "suite.unknown"])
    assert time.monotonic() - started < 5
    assert publishing.value.code == subscribing.value.code == "topic_unknown"
    assert "suite.unknown" in publishing.value.detail

    reader = await broker.subscribe("readers", [topic])
    assert await nothing_comes(reader)


async def test_a_topic_refused_once_is_found_when_somebody_created_it(site: BrokerSite) -> None:
    broker, _ = await site.open_with_topic()
    other = await site.open()
    topic = "suite.late"
    with pytest.raises(InvalidInput):
        await broker.publish(records(topic, "too early"))
    await other.ensure_topics([TopicSpec(topic, "created by another process", partitions=1)])
    await broker.publish(records(topic, "in time"))
    reader = await broker.subscribe("readers", [topic])
    assert values(await collect(reader, 1)) == ["in time"]


async def test_ensure_topics_creates_what_is_missing_and_leaves_the_rest(site: BrokerSite) -> None:
    broker, topic = await site.open_with_topic(partitions=2)
    await broker.publish(records(topic, "kept"))
    fewer = TopicSpec(topic, "fewer partitions than there are", partitions=1)
    await asyncio.gather(*(broker.ensure_topics([fewer]) for _ in range(3)))
    await broker.publish([OutgoingRecord(topic, str(number).encode(), b"x") for number in range(20)])
    reader = await broker.subscribe("readers", [topic])
    assert {record.partition for record in await collect(reader, 21)} == {0, 1}


async def test_a_waiting_fetch_ends_as_soon_as_there_is_something(site: BrokerSite) -> None:
    broker, topic = await site.open_with_topic(partitions=1)
    other = await site.open()
    reader = await broker.subscribe("readers", [topic])
    await broker.publish(records(topic, "first"))
    await collect(reader, 1, commit=True)
    waiting = asyncio.create_task(reader.fetch(1000, 30))
    await asyncio.sleep(0.5)  # let it wait: whether it already does cannot be seen from outside
    await other.publish(records(topic, "second"))
    assert values(await asyncio.wait_for(waiting, 2.5)) == ["second"]


async def test_publishing_nothing_writes_nothing(site: BrokerSite) -> None:
    broker, topic = await site.open_with_topic(partitions=1)
    await broker.publish([])
    reader = await broker.subscribe("readers", [topic])
    assert await nothing_comes(reader)
