"""What the tests of outbox, relay and consumer share: a database with the messaging tables, a broker, small events."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import MetaData, text
from sqlalchemy.ext.asyncio import AsyncSession

from shared.contracts.common import Money
from shared.contracts.envelope import Envelope, Event, EventData
from shared.contracts.interaction import PurchaseRecorded
from shared.contracts.topics import ALL_TOPICS
from shared.db.engine import create_engine
from shared.db.session import Database
from shared.messaging.broker import Headers, OutgoingRecord
from shared.messaging.codec import encode, new_event_id
from shared.messaging.embedded import EmbeddedBroker
from shared.messaging.outbox import NewEvent
from shared.messaging.tables import add_messaging_tables
from shared.runtime import Component

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


@asynccontextmanager
async def messaging_database(dsn: str, *, pool_size: int = 8) -> AsyncIterator[Database]:
    """The empty database at `dsn`, given the messaging tables and `applied`, where handlers of tests write."""
    metadata = MetaData()
    add_messaging_tables(metadata)
    database = Database(create_engine(dsn, pool_size=pool_size, application_name="test"))
    async with database.engine.begin() as connection:
        await connection.run_sync(metadata.create_all)
        await connection.execute(
            text("CREATE TABLE applied (place bigint GENERATED ALWAYS AS IDENTITY, customer uuid, order_id text)")
        )
    try:
        yield database
    finally:
        await database.dispose()


@asynccontextmanager
async def embedded_broker(dsn: str) -> AsyncIterator[EmbeddedBroker]:
    broker = EmbeddedBroker(dsn, session_timeout_seconds=2.0, heartbeat_seconds=0.25)
    await broker.start()
    try:
        await broker.ensure_topics(ALL_TOPICS)
        yield broker
    finally:
        await broker.stop()


@asynccontextmanager
async def running(*components: Component, seconds_to_stop: float = 10.0) -> AsyncIterator[None]:
    """Runs components as a process would: one that ends early fails the test, all are told to stop at the end."""
    stop = asyncio.Event()
    tasks = [asyncio.create_task(component.run(stop), name=component.name) for component in components]
    try:
        yield
        assert not [task.get_name() for task in tasks if task.done()], "a component ended early"
    finally:
        stop.set()
        async with asyncio.timeout(seconds_to_stop):
            await asyncio.gather(*tasks)


async def record_orders(session: AsyncSession, events: Sequence[Event[Any]]) -> None:
    """The plainest of handlers: one row in `applied` per purchase."""
    for event in events:
        await session.execute(
            text("INSERT INTO applied (customer, order_id) VALUES (:customer, :order)"),
            {"customer": event.customer_id, "order": event.data.order_id},
        )


async def applied_orders(database: Database, customer_id: UUID | None = None) -> list[str]:
    """In the order in which they were applied, of one customer or of all."""
    query = text("SELECT order_id FROM applied WHERE CAST(:id AS uuid) IS NULL OR customer = :id ORDER BY place")
    async with database.snapshot() as session:
        return list(await session.scalars(query, {"id": customer_id}))


def purchase(customer_id: UUID | None = None, *, order_id: str = "order-1", minor: int = 2933) -> PurchaseRecorded:
    return PurchaseRecorded(
        interaction_id=uuid4(),
        customer_id=customer_id or uuid4(),
        source="test",
        source_id=order_id,
        occurred_at=NOON,
        recorded_at=NOON,
        order_id=order_id,
        amount=Money(minor=minor, currency="CNY"),
    )


def new_purchase(customer_id: UUID | None = None, *, order_id: str = "order-1", minor: int = 2933) -> NewEvent:
    data = purchase(customer_id, order_id=order_id, minor=minor)
    return NewEvent(data=data, customer_id=data.customer_id)


def outgoing(data: EventData, *, headers: Headers = (), **attributes: Any) -> OutgoingRecord:
    """The record that publishes `data`, with some attributes, or further headers, of the test's choosing."""
    subject = str(getattr(data, "customer_id", uuid4()))
    envelope = {"id": new_event_id(), "source": "rapport/test", "type": data.event_type, "time": NOON}
    encoded, value = encode(Envelope.model_validate(envelope | {"subject": subject} | attributes), data)
    return OutgoingRecord(data.topic, subject.encode(), value, encoded + headers)
