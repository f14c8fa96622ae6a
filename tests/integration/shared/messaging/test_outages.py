"""The whole way, from a transaction to a handler, while the database under it is killed again and again."""

import asyncio
from collections import defaultdict
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text

from deploy.local.postgres import PostgresServer
from shared.clock import SystemClock
from shared.contracts.envelope import EventData
from shared.contracts.interaction import PurchaseRecorded
from shared.db.session import Database
from shared.errors import Unavailable
from shared.messaging.consumer import Consumer, Handler
from shared.messaging.outbox import Outbox
from shared.messaging.relay import OutboxRelay
from tests.support.eventually import eventually
from tests.support.messaging import (
    applied_orders,
    embedded_broker,
    messaging_database,
    new_purchase,
    record_orders,
    running,
)
from tests.support.postgres import DatabaseFactory

CUSTOMERS = [uuid4() for _ in range(20)]


async def write(database: Database, outbox: Outbox, kept: dict[UUID, list[str]], stop: asyncio.Event) -> None:
    """Appends until told to stop, three events per customer and transaction, keeping count of what committed."""
    number = 0
    while not stop.is_set():
        for customer in CUSTOMERS:
            orders = [str(number + place) for place in range(3)]
            number += 3
            try:
                async with database.transaction() as session:
                    # As a service would: the customer's row is locked before events about the customer are appended.
                    await session.execute(text("SELECT FROM customers WHERE id = :id FOR UPDATE"), {"id": customer})
                    await outbox.append(session, [new_purchase(customer, order_id=order) for order in orders])
            except Unavailable as error:
                if error.code == "commit_unknown":
                    kept[customer].append("?")
                await asyncio.sleep(0.05)
            else:
                kept[customer].extend(orders)
        await asyncio.sleep(0.005)


async def more_committed(kept: dict[UUID, list[str]], orders: int = 150) -> None:
    """Waits for that many more, however slow the machine: each outage is to meet work under way."""
    goal = sum(map(len, kept.values())) + orders

    async def reached() -> bool:
        return sum(map(len, kept.values())) >= goal

    await eventually(reached, seconds=60)


def agrees(kept: list[str], applied: list[str]) -> bool:
    """Whether `applied` is `kept`, where a "?" may stand for one transaction more or none."""
    known = [order for order in kept if order != "?"]
    extra = len(applied) - len(known)
    in_order = applied == sorted(set(applied), key=int)
    return in_order and set(known) <= set(applied) and 0 <= extra <= 3 * kept.count("?")


@pytest.mark.crash
async def test_nothing_is_lost_doubled_or_reordered_when_the_database_is_killed(
    own_postgres_server: PostgresServer,
) -> None:
    factory = DatabaseFactory(own_postgres_server)
    kept: dict[UUID, list[str]] = defaultdict(list)
    async with (
        messaging_database(await factory(None), pool_size=12) as database,
        embedded_broker(await factory(None)) as broker,
    ):
        async with database.engine.begin() as connection:
            await connection.execute(
                text("CREATE TABLE customers AS SELECT unnest(CAST(:ids AS uuid[])) AS id"), {"ids": CUSTOMERS}
            )
        handlers: dict[type[EventData], Handler] = {PurchaseRecorded: record_orders}
        workers = [Consumer(group="test.worker", handlers=handlers, database=database, broker=broker) for _ in range(2)]
        relays = [OutboxRelay(database, broker, poll_seconds=0.2) for _ in range(2)]
        stop = asyncio.Event()
        writer = asyncio.create_task(write(database, Outbox(source="test", clock=SystemClock()), kept, stop))
        async with running(*workers, *relays):
            for _ in range(3):
                await more_committed(kept)
                await asyncio.to_thread(own_postgres_server.kill)
                await asyncio.sleep(0.2)
                await asyncio.to_thread(own_postgres_server.start)
            await more_committed(kept)
            stop.set()
            await writer

            async def all_there() -> bool:
                for customer in CUSTOMERS:
                    applied = await applied_orders(database, customer)
                    assert agrees(kept[customer], applied), f"{kept[customer]} became {applied}"
                return True

            await eventually(all_there, seconds=60)
