"""The schema that migrations make is the one the models describe."""

import asyncio

from shared.db.migrate import check, upgrade
from tests.support.postgres import DatabaseFactory


async def test_models_and_migrations_agree(database_factory: DatabaseFactory) -> None:
    dsn = await database_factory("interaction")
    await asyncio.to_thread(check, "interaction", dsn)


async def test_migrating_again_changes_nothing(database_factory: DatabaseFactory) -> None:
    dsn = await database_factory("interaction")
    await asyncio.to_thread(upgrade, "interaction", dsn)
    await asyncio.to_thread(check, "interaction", dsn)
