"""What a service has published but not sent yet: its outbox, read as events."""

from collections.abc import Sequence

from sqlalchemy import text

from shared.clock import wall_now
from shared.contracts.envelope import Event, EventData
from shared.db.session import Database
from shared.messaging.broker import Record
from shared.messaging.codec import decode, unpack_headers


async def published(database: Database) -> Sequence[Event[EventData]]:
    """In the order in which it will leave."""
    async with database.snapshot() as session:
        rows = await session.execute(text("SELECT topic, key, headers, value FROM outbox ORDER BY id"))
        return [
            decode(Record(row.topic, 0, 0, row.key, row.value, unpack_headers(row.headers), wall_now())) for row in rows
        ]


async def forget_published(database: Database) -> None:
    async with database.transaction() as session:
        await session.execute(text("DELETE FROM outbox"))
