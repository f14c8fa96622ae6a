"""One API over one fresh database per test."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.support.customer_api import CustomerApi, open_customer_api
from tests.support.postgres import DatabaseFactory


@pytest.fixture
async def api(database_factory: DatabaseFactory, tmp_path: Path) -> AsyncIterator[CustomerApi]:
    async with open_customer_api(await database_factory("customer"), tmp_path) as opened:
        yield opened
