"""The schema that migrations make is the one the models describe."""

import asyncio

from services.scoring.database import Base
from services.scoring.facts import models
from shared.db.migrate import check, upgrade
from tests.support.postgres import DatabaseFactory


async def test_models_and_migrations_agree(database_factory: DatabaseFactory) -> None:
    dsn = await database_factory("scoring")
    await asyncio.to_thread(upgrade, "scoring", dsn)
    await asyncio.to_thread(check, "scoring", dsn)
    assert models.StoredFact.__table__ in Base.metadata.sorted_tables  # type: ignore[attr-defined]
