"""How every broker's clients behave while it is away, and after it came back."""

import asyncio

import pytest

from shared.errors import Unavailable
from shared.messaging.broker import Broker, Record, Subscription
from tests.contract.broker_suite.site import BrokerSite, collect, open_broker, records, values
from tests.support.eventually import eventually

_BOUND_SECONDS = 60.0
"""Nobody may wait longer than this for an answer, be it Unavailable."""


async def fetch_in_spite(subscription: Subscription) -> list[Record]:
    """Fetches until records come, taking Unavailable for an answer: try again."""
    while True:
        try:
            if batch := await asyncio.wait_for(subscription.fetch(1000, 1.0), _BOUND_SECONDS):
                return list(batch)
        except Unavailable:
            await asyncio.sleep(0.2)


async def fetch_until_it_fails(subscription: Subscription) -> None:
    while True:
        await subscription.fetch(1000, 1.0)


async def publish_in_spite(broker: Broker, topic: str, value: str) -> None:
    while True:
        try:
            return await asyncio.wait_for(broker.publish(records(topic, value)), _BOUND_SECONDS)
        except Unavailable:
            await asyncio.sleep(0.2)


async def test_publish_tells_that_the_broker_is_gone_and_works_when_it_is_back(stoppable_site: BrokerSite) -> None:
    broker, topic = await stoppable_site.open_with_topic(partitions=1)
    await broker.publish(records(topic, "before"))
    await stoppable_site.stop_server()
    with pytest.raises(Unavailable):
        await asyncio.wait_for(broker.publish(records(topic, "during")), _BOUND_SECONDS)
    assert not await asyncio.wait_for(broker.healthy(), _BOUND_SECONDS)

    await stoppable_site.start_server()
    await publish_in_spite(broker, topic, "after")
    await eventually(broker.healthy, seconds=_BOUND_SECONDS)
    reader = await broker.subscribe("readers", [topic])
    found = values(await collect(reader, 2, seconds=_BOUND_SECONDS))
    found += values(await reader.fetch(1000, 1.0))
    # What was reported as unavailable may have been written all the same; nothing else may be missing or added.
    assert [value for value in found if value != "during"] == ["before", "after"]


async def test_a_subscription_survives_the_broker(stoppable_site: BrokerSite) -> None:
    broker, topic = await stoppable_site.open_with_topic(partitions=1)
    reader = await broker.subscribe("readers", [topic])
    await broker.publish(records(topic, "before"))
    found = await collect(reader, 1, commit=True)

    await stoppable_site.stop_server()
    with pytest.raises(Unavailable):
        await asyncio.wait_for(fetch_until_it_fails(reader), _BOUND_SECONDS)
    with pytest.raises(Unavailable):
        await asyncio.wait_for(reader.commit({found[0].topic_partition: 1}), _BOUND_SECONDS)
    await stoppable_site.start_server()

    publisher = await stoppable_site.open()
    await publish_in_spite(publisher, topic, "after")
    async with asyncio.timeout(_BOUND_SECONDS):
        assert values(await fetch_in_spite(reader)) == ["after"], "committed, so it must not come again"


async def test_a_broker_that_is_not_there_cannot_be_started(stoppable_site: BrokerSite) -> None:
    await stoppable_site.stop_server()
    broker = open_broker(stoppable_site.kind, stoppable_site.connection)
    with pytest.raises(Unavailable):
        await asyncio.wait_for(broker.start(), _BOUND_SECONDS)
    await broker.stop()
    await stoppable_site.start_server()


async def test_closing_while_the_broker_is_gone_is_no_failure(stoppable_site: BrokerSite) -> None:
    broker, topic = await stoppable_site.open_with_topic(partitions=1)
    reader = await broker.subscribe("readers", [topic])
    await reader.fetch(1, 0.5)
    await stoppable_site.stop_server()
    await asyncio.wait_for(reader.close(), _BOUND_SECONDS)
    await asyncio.wait_for(broker.stop(), _BOUND_SECONDS)
    assert not await broker.healthy()
    await stoppable_site.start_server()
