"""The brokers that the behaviour suite runs against."""

from collections.abc import AsyncIterator

import pytest

from tests.contract.broker_suite.site import BrokerSite, embedded_site
from tests.support.postgres import DatabaseFactory

BROKERS = ["embedded"]


@pytest.fixture(params=BROKERS)
async def site(request: pytest.FixtureRequest) -> AsyncIterator[BrokerSite]:
    """A broker on a server that other tests use as well."""
    server = request.getfixturevalue("postgres_server")
    databases = DatabaseFactory(server)
    async with await embedded_site(server, databases) as site:
        yield site
    await databases.drop_all()


@pytest.fixture(params=BROKERS)
async def own_site(request: pytest.FixtureRequest) -> AsyncIterator[BrokerSite]:
    """A broker on a server that this test may stop and start."""
    server = request.getfixturevalue("own_postgres_server")
    async with await embedded_site(server, DatabaseFactory(server)) as site:
        yield site
