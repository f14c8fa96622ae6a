"""The worker over a real broker: what customers do goes out in order, what scoring says comes in."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from services.customer.app import create_worker
from shared.contracts.envelope import Event
from shared.contracts.scoring import AbcClass
from shared.contracts.topics import ALL_TOPICS, CUSTOMER_EVENTS, CUSTOMER_PROFILES
from shared.messaging.broker import OutgoingRecord
from shared.messaging.codec import decode, encode
from shared.runtime import run_components
from tests.support.customer_api import CustomerApi, open_customer_api
from tests.support.eventually import eventually
from tests.support.factories.customer import score_event
from tests.support.postgres import DatabaseFactory


@asynccontextmanager
async def working(database_factory: DatabaseFactory, folder: Path) -> AsyncIterator[CustomerApi]:
    databases = await database_factory("customer"), await database_factory()
    async with open_customer_api(databases[0], folder, broker_dsn=databases[1]) as api:
        broker, stop = api.platform.broker, asyncio.Event()
        await broker.start()
        await broker.ensure_topics(ALL_TOPICS)
        running = asyncio.create_task(run_components(create_worker(api.platform), stop=stop))
        try:
            yield api
        finally:
            stop.set()
            await running
            await broker.stop()


async def told(api: CustomerApi, topic: str, count: int) -> list[Event[Any]]:
    subscription = await api.platform.broker.subscribe("test", [topic])
    events: list[Event[Any]] = []
    async with asyncio.timeout(20):
        while len(events) < count:
            events += [decode(record) for record in await subscription.fetch(100, 1.0)]
    await subscription.close()
    return events


async def test_changes_arrive_on_both_topics_in_the_order_of_versions(
    database_factory: DatabaseFactory, tmp_path: Path
) -> None:
    async with working(database_factory, tmp_path) as api:
        customers = [await api.register(number) for number in range(3)]
        for customer in customers:
            await api.change(customer, tags=["changed"])
        for topic in (CUSTOMER_EVENTS.name, CUSTOMER_PROFILES.name):
            events = await told(api, topic, 6)
            for customer in customers:
                own = [event for event in events if str(event.customer_id) == customer["customer_id"]]
                assert [event.data.version for event in own] == [1, 2]


async def test_scores_are_kept_once_however_often_they_are_told(
    database_factory: DatabaseFactory, tmp_path: Path
) -> None:
    async with working(database_factory, tmp_path) as api:
        customer = await api.register()
        event = score_event(customer["customer_id"], AbcClass.A)
        headers, value = encode(event.envelope, event.data)
        record = OutgoingRecord(event.data.topic, customer["customer_id"].encode(), value, headers)
        await api.platform.broker.publish([record, record])

        async def scored() -> bool:
            listed = await api.listed(abc_class="A")
            return [one["customer_id"] for one in listed] == [customer["customer_id"]]

        assert await eventually(scored, seconds=20)
