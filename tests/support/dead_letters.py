"""Dead letters put where a worker would put them, for tests of what operators see."""

from datetime import UTC, datetime

from sqlalchemy import MetaData, insert

from shared.db.session import Database
from shared.messaging.codec import pack_headers
from shared.messaging.tables import add_messaging_tables

METADATA = MetaData()
add_messaging_tables(METADATA)
FAILED_AT = datetime(2026, 11, 1, tzinfo=UTC)


async def create_messaging_tables(database: Database) -> None:
    async with database.engine.begin() as connection:
        await connection.run_sync(METADATA.create_all)


async def add_dead_letter(database: Database, *, consumer: str, offset: int) -> None:
    """An event in an unknown currency; its value is no UTF-8 to the end."""
    async with database.transaction() as session:
        await session.execute(
            insert(METADATA.tables["dead_letters"]).values(
                direction="in",
                consumer=consumer,
                topic="interaction.events",
                partition=0,
                record_offset=offset,
                record_time=FAILED_AT,
                headers=pack_headers((("ce_id", b"1"),)),
                value='{"a": "é'.encode() + b'\xff"}',
                code="currency_without_rate",
                reason="there is no rate for XXX",
                attempts=1,
                state="waiting",
                first_failed_at=FAILED_AT,
                last_failed_at=FAILED_AT,
            )
        )
