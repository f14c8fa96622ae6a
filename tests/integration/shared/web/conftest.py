"""The toy service, over a database of its own."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.support.postgres import DatabaseFactory
from tests.support.tokens import Tokens, create_tokens
from tests.support.toy_service import ToyService, run_toy_service


@pytest.fixture
def tokens(tmp_path: Path) -> Tokens:
    return create_tokens(tmp_path)


@pytest.fixture
async def toy_dsn(database_factory: DatabaseFactory) -> str:
    return await database_factory(None)


@pytest.fixture
async def toy(toy_dsn: str, tokens: Tokens) -> AsyncIterator[ToyService]:
    async with run_toy_service(toy_dsn, tokens, max_body_bytes=4096) as service:
        yield service
