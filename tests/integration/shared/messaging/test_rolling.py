"""Workers come, go and wait out outages while events flow, on either broker: each event is applied once, in order."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from shared.contracts.envelope import Event
from shared.contracts.interaction import PurchaseRecorded
from shared.contracts.topics import ALL_TOPICS
from shared.db.session import Database
from shared.errors import Unavailable
from shared.messaging.broker import Broker
from shared.messaging.consumer import Consumer
from shared.messaging.kafka import KafkaBroker, KafkaSettings
from tests.support.eventually import eventually
from tests.support.messaging import applied_orders, embedded_broker, outgoing, purchase, record_orders, running
from tests.support.postgres import DatabaseFactory

RUN = f"test/{uuid4()}"
"""The source of this run's events: others' events are in the topics of a shared Kafka, too."""

CUSTOMERS = [uuid4() for _ in range(30)]


@pytest.fixture(params=["embedded", pytest.param("kafka", marks=[pytest.mark.kafka, pytest.mark.xdist_group("kafka")])])
async def any_broker(request: pytest.FixtureRequest, database_factory: DatabaseFactory) -> AsyncIterator[Broker]:
    if request.param == "embedded":
        async with embedded_broker(await database_factory(None)) as embedded:
            yield embedded
        return
    broker = KafkaBroker(KafkaSettings(request.getfixturevalue("kafka_cluster").bootstrap_servers, session_seconds=6.0))
    await broker.start()
    await broker.ensure_topics(ALL_TOPICS)
    yield broker
    await broker.stop()


class Handler:
    """Applies this run's events; while `away`, cannot."""

    def __init__(self) -> None:
        self.away = False
        self.tried = asyncio.Event()

    async def __call__(self, session: AsyncSession, events: Sequence[Event[Any]]) -> None:
        ours = [event for event in events if event.envelope.source == RUN]
        await record_orders(session, ours)
        if ours and self.away:
            self.tried.set()
            raise Unavailable("its database is away", code="test_away")


async def publish(broker: Broker, first: int, count: int) -> None:
    for number in range(first, first + count):
        await broker.publish([outgoing(purchase(customer, order_id=str(number)), source=RUN) for customer in CUSTOMERS])


async def test_workers_may_come_and_go(database: Database, any_broker: Broker) -> None:
    group = f"rolling-{uuid4()}"

    def worker(handler: Handler) -> Consumer:
        return Consumer(
            group=group, handlers={PurchaseRecorded: handler}, database=database, broker=any_broker, max_batch=100
        )

    async def all_applied(count: int) -> bool:
        for customer in CUSTOMERS:
            found = await applied_orders(database, customer)
            assert found == [str(number) for number in range(count)], f"{customer}: {found}"
        return True

    troubled = Handler()
    async with AsyncExitStack() as workers:
        await workers.enter_async_context(running(worker(troubled)))
        await publish(any_broker, 0, 10)
        await eventually(lambda: all_applied(10), seconds=30)
        troubled.away = True
        await publish(any_broker, 10, 10)
        await asyncio.wait_for(troubled.tried.wait(), 10)
        async with running(worker(Handler())):
            await publish(any_broker, 20, 10)
            async with running(worker(Handler())):
                await publish(any_broker, 30, 10)
            troubled.away = False
            await publish(any_broker, 40, 10)
        await eventually(lambda: all_applied(50), seconds=60)
