"""What the tests of outbox, relay and consumer share: a database with the messaging tables, and small events."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from uuid import UUID, uuid4

from sqlalchemy import MetaData

from shared.contracts.common import Money
from shared.contracts.interaction import PurchaseRecorded
from shared.db.engine import create_engine
from shared.db.session import Database
from shared.messaging.outbox import NewEvent
from shared.messaging.tables import add_messaging_tables

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


@asynccontextmanager
async def messaging_database(dsn: str, *, pool_size: int = 5) -> AsyncIterator[Database]:
    """The empty database at `dsn`, given the messaging tables."""
    metadata = MetaData()
    add_messaging_tables(metadata)
    database = Database(create_engine(dsn, pool_size=pool_size, application_name="test"))
    async with database.engine.begin() as connection:
        await connection.run_sync(metadata.create_all)
    try:
        yield database
    finally:
        await database.dispose()


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
