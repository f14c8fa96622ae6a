"""One API over one fresh database per test."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.support.interaction_api import InteractionApi, open_interaction_api
from tests.support.postgres import DatabaseFactory


@pytest.fixture
async def api(database_factory: DatabaseFactory, tmp_path: Path) -> AsyncIterator[InteractionApi]:
    async with open_interaction_api(await database_factory("interaction"), tmp_path) as opened:
        yield opened
