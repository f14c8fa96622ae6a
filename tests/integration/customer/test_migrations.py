"""The schema that migrations make is the one the models describe, and it can be taken back."""

import asyncio

from services.customer.database import Base
from services.customer.profiles import models
from shared.db.migrate import check, upgrade
from tests.support.postgres import DatabaseFactory


async def test_models_and_migrations_agree(database_factory: DatabaseFactory) -> None:
    dsn = await database_factory("customer")
    await asyncio.to_thread(check, "customer", dsn)
    assert models.Customer.__table__ in Base.metadata.sorted_tables  # type: ignore[attr-defined]


async def test_migrating_again_changes_nothing(database_factory: DatabaseFactory) -> None:
    dsn = await database_factory("customer")
    await asyncio.to_thread(upgrade, "customer", dsn)
    await asyncio.to_thread(check, "customer", dsn)
