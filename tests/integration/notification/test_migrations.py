"""The migrated schema is the one the models describe."""

import asyncio

from shared.db.migrate import check
from tests.support.postgres import DatabaseFactory


async def test_migrations_lead_to_the_models(database_factory: DatabaseFactory) -> None:
    dsn = await database_factory("notification")
    await asyncio.to_thread(check, "notification", dsn)
