"""The schema that migrations make is the one the models describe."""

import asyncio

from shared.db.migrate import check, head_revision, upgrade
from tests.support.postgres import DatabaseFactory


async def test_models_and_migrations_agree(database_factory: DatabaseFactory) -> None:
    dsn = await database_factory("scoring")
    await asyncio.to_thread(upgrade, "scoring", dsn)
    await asyncio.to_thread(check, "scoring", dsn)
    assert head_revision("scoring") == "0001"
