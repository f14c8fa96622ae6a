"""A service's processes: what each role starts, what it needs for it, and what it tells of itself."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from prometheus_client import REGISTRY

from deploy.local.postgres import PostgresServer
from shared.clock import SystemClock
from shared.db.migrate import upgrade
from shared.runtime import Component, ComponentFailed, run_components
from shared.service import Platform, Role, ServiceDefinition, create_components, open_platform
from shared.settings import ServiceSettings
from shared.web.app import create_app
from tests.support.eventually import eventually
from tests.support.postgres import DatabaseFactory
from tests.support.processes import free_port
from tests.support.tokens import create_tokens
from tests.support.toy_migrations import create_toy_migrations


class Part:
    """A worker's component whose state the test decides."""

    name = "part"

    def __init__(self) -> None:
        self.started = asyncio.Event()
        self.fail = asyncio.Event()
        self.wrong: str | None = None

    def problem(self) -> str | None:
        return self.wrong

    async def run(self, stop: asyncio.Event) -> None:
        self.started.set()
        failing = asyncio.create_task(self.fail.wait())
        stopping = asyncio.create_task(stop.wait())
        await asyncio.wait({failing, stopping}, return_when=asyncio.FIRST_COMPLETED)
        stopping.cancel()
        if not failing.cancel():
            raise RuntimeError("the part broke")


class Toy:
    """The toy service as one process would run it."""

    def __init__(self, settings: ServiceSettings) -> None:
        self.part = Part()
        self.settings = settings
        self.definition = ServiceDefinition("toy", ServiceSettings, self._create_api, self._create_worker)

    @property
    def dsn(self) -> str:
        return self.settings.database_url.get_secret_value()

    def _create_api(self, platform: Platform[Any]) -> FastAPI:
        return create_app("toy", title="Toy", description="", version="1", platform=platform, routers=[])

    def _create_worker(self, _platform: Platform[Any]) -> Sequence[Component]:
        return (self.part,)

    @asynccontextmanager
    async def running(self, role: Role) -> AsyncIterator[httpx.AsyncClient]:
        stop = asyncio.Event()
        port = self.settings.ops_port if role == "worker" else self.settings.port
        async with (
            open_platform(self.definition, self.settings, SystemClock()) as platform,
            httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client,
        ):
            components = create_components(self.definition, platform, role)
            running = asyncio.create_task(run_components(components, stop=stop, grace_seconds=10))
            try:
                await eventually(lambda: answers(client), seconds=30)
                yield client
            finally:
                stop.set()
                await running


async def answers(client: httpx.AsyncClient) -> bool:
    try:
        return (await client.get("/livez")).is_success
    except httpx.ConnectError:
        return False


async def expect_checks(client: httpx.AsyncClient, **expected: str) -> None:
    async def hold() -> bool:
        checks = (await client.get("/readyz")).json()["checks"]
        assert {name: checks.get(name) for name in expected} == expected, checks
        return True

    await eventually(hold, seconds=30)


@pytest.fixture
async def toy(
    database_factory: DatabaseFactory,
    own_postgres_server: PostgresServer,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Toy:
    """Its database is the run's, its broker's database lies on a server of the test's own."""
    create_toy_migrations(tmp_path, monkeypatch)
    values: dict[str, Any] = {
        **create_tokens(tmp_path).settings(),
        "database_url": await database_factory(None),
        "broker_database_url": own_postgres_server.dsn("postgres"),
        "port": free_port(),
        "ops_port": free_port(),
    }
    return Toy(ServiceSettings(**values))


async def test_an_api_needs_no_broker(toy: Toy, own_postgres_server: PostgresServer) -> None:
    own_postgres_server.stop()
    await asyncio.to_thread(upgrade, "toy", toy.dsn)

    async with toy.running("api") as client:
        answer = await client.get("/readyz")

    assert answer.status_code == 200
    assert answer.json()["checks"] == {"database": "ok", "schema": "ok"}
    assert not toy.part.started.is_set()


async def test_a_worker_waits_for_its_schema_and_for_its_broker(toy: Toy, own_postgres_server: PostgresServer) -> None:
    own_postgres_server.stop()
    async with toy.running("worker") as client:
        await expect_checks(client, broker="not connected yet")
        assert not toy.part.started.is_set()
        await expect_checks(client, schema="not migrated yet; run `python -m services.toy migrate`")

        own_postgres_server.start()
        await asyncio.to_thread(upgrade, "toy", toy.dsn)
        await toy.part.started.wait()
        await expect_checks(client, broker="ok", schema="ok", part="ok")
        assert (await client.get("/v1/dead-letters")).status_code == 404


async def test_a_part_in_trouble_shows_in_readiness_and_metrics(toy: Toy) -> None:
    await asyncio.to_thread(upgrade, "toy", toy.dsn)
    async with toy.running("all") as client:
        await toy.part.started.wait()
        toy.part.wrong = "no events for an hour"
        await expect_checks(client, part="no events for an hour")
        up = REGISTRY.get_sample_value("rapport_component_up", {"service": "toy", "component": "part"})
        assert up == 1
        assert (await client.get("/v1/dead-letters")).status_code == 401

    assert REGISTRY.get_sample_value("rapport_component_up", {"service": "toy", "component": "part"}) == 0


async def test_the_first_failure_ends_the_process(toy: Toy) -> None:
    async def run_until_broken() -> None:
        async with toy.running("all"):
            await toy.part.started.wait()
            toy.part.fail.set()
            await asyncio.sleep(0.05)

    await asyncio.to_thread(upgrade, "toy", toy.dsn)
    with pytest.raises(ComponentFailed, match="part failed: RuntimeError: the part broke"):
        await run_until_broken()
