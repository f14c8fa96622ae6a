"""The brokers that the behaviour suite runs against."""

from collections.abc import AsyncIterator

import pytest

from tests.contract.broker_suite.site import BrokerSite, embedded_site, kafka_site
from tests.support.postgres import DatabaseFactory

# One group, so that all tests of a run share the one node, in one worker, one after the other.
BROKERS = ["embedded", pytest.param("kafka", marks=[pytest.mark.kafka, pytest.mark.xdist_group("kafka")])]


@pytest.fixture(params=BROKERS)
async def site(request: pytest.FixtureRequest) -> AsyncIterator[BrokerSite]:
    """A broker on a server that other tests use as well."""
    if request.param == "kafka":
        async with kafka_site(request.getfixturevalue("kafka_cluster")) as site:
            yield site
        return
    databases = DatabaseFactory(request.getfixturevalue("postgres_server"))
    async with await embedded_site(databases) as site:
        yield site
    await databases.drop_all()


@pytest.fixture(params=BROKERS)
async def stoppable_site(request: pytest.FixtureRequest) -> AsyncIterator[BrokerSite]:
    """A broker on a server that this test may stop and start."""
    if request.param == "kafka":
        cluster = request.getfixturevalue("kafka_cluster")
        async with kafka_site(cluster) as site:
            yield site
        cluster.start()
        return
    server = request.getfixturevalue("own_postgres_server")
    async with await embedded_site(DatabaseFactory(server), server) as site:
        yield site
