"""The schema that migrations make is the one the models describe."""

import asyncio

from shared.db.migrate import check, upgrade
from tests.support.postgres import DatabaseFactory


async def check_models_against(dsn: str) -> None:
    """Raises when autogenerate would have something to add."""
    await asyncio.to_thread(check, "notification", dsn)


async def test_models_and_migrations_agree(database_factory: DatabaseFactory) -> None:
    await check_models_against(await database_factory("notification"))


async def test_migrating_again_changes_nothing(database_factory: DatabaseFactory) -> None:
    dsn = await database_factory("notification")
    await asyncio.to_thread(upgrade, "notification", dsn)
    await check_models_against(dsn)
