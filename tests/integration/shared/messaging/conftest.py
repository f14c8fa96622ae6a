"""A service's database and a broker, each of its own, for the tests of the event path."""

from collections.abc import AsyncIterator

import pytest

from shared.clock import SteppedClock
from shared.db.session import Database
from shared.messaging.broker import Broker
from shared.messaging.outbox import Outbox
from tests.support.messaging import NOON, embedded_broker, messaging_database
from tests.support.postgres import DatabaseFactory


@pytest.fixture
async def database(database_factory: DatabaseFactory) -> AsyncIterator[Database]:
    async with messaging_database(await database_factory(None)) as database:
        yield database


@pytest.fixture
async def broker(database_factory: DatabaseFactory) -> AsyncIterator[Broker]:
    async with embedded_broker(await database_factory(None)) as broker:
        yield broker


@pytest.fixture
def outbox() -> Outbox:
    return Outbox(source="rapport/test", clock=SteppedClock(NOON))
