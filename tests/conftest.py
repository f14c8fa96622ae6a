"""Fixtures that every level shares; factories and fakes live in tests/support."""

import gc
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from deploy.local.kafka import KafkaCluster
from deploy.local.postgres import PostgresServer
from tests.support.kafka import require_kafka
from tests.support.logs import log_plainly
from tests.support.postgres import DatabaseFactory
from tests.support.run_folder import close_run, open_run, prefer_memory, run_cluster, run_folder, run_lock, run_server
from tests.support.tokens import Tokens, create_tokens

# An example that takes long says that the machine is busy, not that the code is wrong.
settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")


def pytest_configure(config: pytest.Config) -> None:
    log_plainly()
    if not hasattr(config, "workerinput"):  # set in xdist's workers only
        prefer_memory()
        open_run()


def pytest_collection_finish() -> None:
    # The libraries and thousands of tests stay to the end: looking them through again and again costs a tenth of a run.
    gc.freeze()
    gc.set_threshold(100_000, 50, 100)


def pytest_unconfigure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        close_run()


@pytest.fixture(scope="session")
def postgres_server() -> PostgresServer:
    """A real server, started by the first test of the run that asks; without one tests fail, they do not skip."""
    with run_lock("postgres"):
        server = run_server(run_folder())
        server.start()
    return server


@pytest.fixture
async def database_factory(postgres_server: PostgresServer) -> AsyncIterator[DatabaseFactory]:
    factory = DatabaseFactory(postgres_server)
    yield factory
    await factory.drop_all()


@pytest.fixture
def own_postgres_server(tmp_path: Path) -> Iterator[PostgresServer]:
    """A server of this test alone, for tests that kill or stop it; `DatabaseFactory(server)` works on it too."""
    server = PostgresServer(tmp_path / "pg", durable=False)
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def kafka_cluster() -> KafkaCluster:
    """A real Kafka of one node, for tests marked `kafka` and `xdist_group("kafka")`; they may stop and start it."""
    require_kafka()
    with run_lock("kafka"):
        cluster = run_cluster(run_folder())
        cluster.start()
    return cluster


@pytest.fixture(scope="session")
def tokens(tmp_path_factory: pytest.TempPathFactory) -> Tokens:
    """Mints tokens that the services under test accept: `tokens.headers("customer:read")`."""
    return create_tokens(tmp_path_factory.mktemp("issuer"))
