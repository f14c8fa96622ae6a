"""One scoring service over one fresh database per test."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.support.cdnow import cdnow_file, cdnow_histories, cdnow_purchases
from tests.support.postgres import DatabaseFactory
from tests.support.scoring_service import ScoringService, open_scoring_service

__all__ = ["cdnow_file", "cdnow_histories", "cdnow_purchases"]


@pytest.fixture
async def scoring(database_factory: DatabaseFactory, tmp_path: Path) -> AsyncIterator[ScoringService]:
    async with open_scoring_service(await database_factory("scoring"), tmp_path) as opened:
        yield opened
