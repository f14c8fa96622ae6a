"""The schema that migrations make is the one the models describe."""

import asyncio

from shared.db.migrate import check, upgrade
from tests.support.postgres import DatabaseFactory


async def check_models_against(dsn: str) -> None:
    await asyncio.to_thread(check, "interaction", dsn)


async def test_models_and_migrations_agree(database_factory: DatabaseFactory) -> None:
    await check_models_against(await database_factory("interaction"))


async def test_migrating_again_changes_nothing(database_factory: DatabaseFactory) -> None:
    dsn = await database_factory("interaction")
    await asyncio.to_thread(upgrade, "interaction", dsn)
    await check_models_against(dsn)
