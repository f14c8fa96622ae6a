"""The embedded log forgets what its topics need not keep, and nothing else."""

from collections.abc import AsyncIterator

import asyncpg
import pytest

from shared.contracts.topics import Retention, TopicSpec
from shared.messaging.broker import OutgoingRecord, TopicPartition
from shared.messaging.embedded import EmbeddedBroker
from tests.contract.broker_suite.site import collect, records, values
from tests.support.postgres import DatabaseFactory

EVENTS = TopicSpec("log.events", "kept for two hours", partitions=1, retention_hours=2)
PROFILES = TopicSpec(
    "log.profiles", "the last per key", partitions=1, retention=Retention.COMPACT, retention_hours=None
)


@pytest.fixture
async def dsn(database_factory: DatabaseFactory) -> str:
    return await database_factory(None)


@pytest.fixture
async def broker(dsn: str) -> AsyncIterator[EmbeddedBroker]:
    broker = EmbeddedBroker(dsn)
    await broker.start()
    await broker.ensure_topics([EVENTS, PROFILES])
    yield broker
    await broker.stop()


async def let_hours_pass(dsn: str, hours: int) -> None:
    """The same as waiting: everything stored becomes that much older."""
    connection = await asyncpg.connect(dsn.replace("+asyncpg", ""))
    for table, column in (("records", "taken_at"), ("cleaning", "cleaned_at")):
        await connection.execute(f"UPDATE event_log.{table} SET {column} = {column} - interval '{hours} hours'")
    await connection.close()


async def read_all(broker: EmbeddedBroker, group: str, topic: str) -> list[tuple[int, bytes | None, bytes | None]]:
    reader = await broker.subscribe(group, [topic])
    found = []
    while batch := await reader.fetch(1000, 0.1):
        found.extend([(record.offset, record.key, record.value) for record in batch])
    await reader.close()
    return found


async def test_records_past_their_retention_go_and_younger_ones_stay(broker: EmbeddedBroker, dsn: str) -> None:
    await broker.publish(records("log.events", "old", "old too"))
    await let_hours_pass(dsn, 3)
    await broker.publish(records("log.events", "young"))
    assert await broker.clean() == 2
    assert await broker.clean() == 0
    assert await read_all(broker, "late", "log.events") == [(2, b"k", b"young")]


async def test_lag_does_not_count_what_expired(broker: EmbeddedBroker, dsn: str) -> None:
    await broker.publish(records("log.events", "old"))
    await let_hours_pass(dsn, 3)
    await broker.clean()
    await broker.publish(records("log.events", "young"))
    reader = await broker.subscribe("readers", ["log.events"])
    assert values(await collect(reader, 1)) == ["young"]
    assert await reader.lag() == {TopicPartition("log.events", 0): 1}


async def test_a_reader_goes_on_after_the_place_where_it_stood_expired(broker: EmbeddedBroker, dsn: str) -> None:
    reader = await broker.subscribe("readers", ["log.events"])
    await broker.publish(records("log.events", "read", "never read"))
    await reader.fetch(1, 5)
    await let_hours_pass(dsn, 3)
    await broker.clean()
    await broker.publish(records("log.events", "young"))
    assert values(await collect(reader, 1)) == ["young"]


async def test_compaction_keeps_the_last_of_each_key_at_its_offset(broker: EmbeddedBroker, dsn: str) -> None:
    for value in ("1", "2", "3"):
        await broker.publish([*records("log.profiles", value, key="a"), *records("log.profiles", value, key="b")])
    await broker.publish(records("log.profiles", "only", key="c"))
    assert await broker.clean() == 0, "too little is new to be worth a pass yet"
    await let_hours_pass(dsn, 25)
    assert await broker.clean() == 4
    assert await read_all(broker, "late", "log.profiles") == [(4, b"a", b"3"), (5, b"b", b"3"), (6, b"c", b"only")]


async def test_a_tombstone_removes_the_value_at_once_and_itself_a_day_later(broker: EmbeddedBroker, dsn: str) -> None:
    await broker.publish(records("log.profiles", "personal", key="a"))
    await let_hours_pass(dsn, 25)
    await broker.publish([OutgoingRecord("log.profiles", b"a", None)])
    assert await broker.clean() == 1
    assert await read_all(broker, "within a day", "log.profiles") == [(1, b"a", None)]
    await let_hours_pass(dsn, 25)
    assert await broker.clean() == 1
    assert await read_all(broker, "later", "log.profiles") == []


async def test_many_replaced_values_are_not_left_lying_for_a_day(broker: EmbeddedBroker) -> None:
    await broker.publish([record for n in range(1100) for record in records("log.profiles", str(n), key="a")])
    assert await broker.clean() == 1099
    assert await broker.clean() == 0


async def test_a_log_of_a_newer_version_is_not_touched(broker: EmbeddedBroker, dsn: str) -> None:
    connection = await asyncpg.connect(dsn.replace("+asyncpg", ""))
    await connection.execute("INSERT INTO event_log.version VALUES (99)")
    await connection.close()
    with pytest.raises(RuntimeError, match="99"):
        await EmbeddedBroker(dsn).start()
