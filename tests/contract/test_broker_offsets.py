"""Where every broker's groups go on reading: after restarts, rewinds and lost partitions."""

from shared.messaging.broker import TopicPartition
from tests.contract.broker_suite.site import BrokerSite, collect, nothing_comes, records, values


async def test_a_restarted_client_goes_on_at_its_committed_offsets(site: BrokerSite) -> None:
    broker, topic = await site.open_with_topic(partitions=1)
    await broker.publish(records(topic, "1", "2", "3"))
    reader = await broker.subscribe("readers", [topic])
    await collect(reader, 3)
    await reader.commit({TopicPartition(topic, 0): 2})
    await broker.stop()

    again = await (await site.open()).subscribe("readers", [topic])
    assert values(await collect(again, 1)) == ["3"]


async def test_a_restarted_broker_keeps_records_and_committed_offsets(stoppable_site: BrokerSite) -> None:
    broker, topic = await stoppable_site.open_with_topic(partitions=1)
    await broker.publish(records(topic, "1", "2", "3"))
    reader = await broker.subscribe("readers", [topic])
    await collect(reader, 3)
    await reader.commit({TopicPartition(topic, 0): 1})
    await broker.stop()
    await stoppable_site.stop_server()
    await stoppable_site.start_server()

    again = await (await stoppable_site.open()).subscribe("readers", [topic])
    assert values(await collect(again, 2)) == ["2", "3"]


async def test_what_was_not_committed_comes_again(site: BrokerSite) -> None:
    broker, topic = await site.open_with_topic(partitions=1)
    await broker.publish(records(topic, "1", "2"))
    reader = await broker.subscribe("readers", [topic])
    await collect(reader, 2)
    await reader.close()
    again = await broker.subscribe("readers", [topic])
    assert values(await collect(again, 2)) == ["1", "2"]


async def test_rewind_goes_back_to_what_is_committed(site: BrokerSite) -> None:
    broker, topic = await site.open_with_topic(partitions=1)
    await broker.publish(records(topic, "1", "2", "3"))
    reader = await broker.subscribe("readers", [topic])
    await collect(reader, 3)
    await reader.rewind()
    assert values(await collect(reader, 3)) == ["1", "2", "3"], "with nothing committed, from the beginning"
    await reader.commit({TopicPartition(topic, 0): 1})
    await reader.rewind()
    assert values(await collect(reader, 2)) == ["2", "3"]
    assert await nothing_comes(reader)


async def test_an_offset_of_a_lost_partition_is_ignored(site: BrokerSite) -> None:
    broker, topic = await site.open_with_topic(partitions=1)
    await broker.publish(records(topic, "1", "2"))
    first = await broker.subscribe("readers", [topic])
    await collect(first, 2)
    stale = {TopicPartition(topic, 0): 2}
    await first.close()
    await first.commit(stale)

    second = await broker.subscribe("readers", [topic])
    assert values(await collect(second, 2)) == ["1", "2"]
    await second.commit({TopicPartition(topic, 0): 1, TopicPartition(topic, 7): 1, TopicPartition("other", 0): 1})
    assert await second.lag() == {TopicPartition(topic, 0): 1}


async def test_lag_counts_what_is_not_committed(site: BrokerSite) -> None:
    broker, topic = await site.open_with_topic(partitions=1)
    reader = await broker.subscribe("readers", [topic])
    await reader.fetch(1, 0.5)
    partition = TopicPartition(topic, 0)
    assert await reader.lag() == {partition: 0}
    await broker.publish(records(topic, "1", "2", "3"))
    assert await reader.lag() == {partition: 3}
    await collect(reader, 3)
    assert await reader.lag() == {partition: 3}
    await reader.commit({partition: 2})
    assert await reader.lag() == {partition: 1}


async def test_a_fetch_returns_no_more_than_asked_for(site: BrokerSite) -> None:
    broker, topic = await site.open_with_topic(partitions=3)
    await broker.publish([record for key in "abcdef" for record in records(topic, *"12345", key=key)])
    reader = await broker.subscribe("readers", [topic])
    seen = 0
    while seen < 30:
        batch = await reader.fetch(7, 5)
        assert 0 < len(batch) <= 7
        seen += len(batch)
