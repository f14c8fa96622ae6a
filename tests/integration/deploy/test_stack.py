"""The laptop stack as its users meet it: on free ports, over its URLs, started and stopped again."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from deploy.local.data_folder import DataFolder, DataFolderInUse
from deploy.local.ports import Ports, PortsInUse
from deploy.local.postgres import PostgresServer
from deploy.local.stack import LocalStack, StackOptions, local_stack
from shared.clock import SteppedClock

SERVICES = ("customer", "interaction", "scoring", "notification")
PERSON = {"kind": "person", "full_name": "Test Customer 1"}


@pytest.fixture
def options(tmp_path: Path) -> StackOptions:
    return StackOptions(folder=DataFolder(tmp_path / "data"), ports=Ports.any_free(), kafka_port=0, durable=False)


@asynccontextmanager
async def running(options: StackOptions, steps: list[str] | None = None) -> AsyncIterator[LocalStack]:
    async with local_stack(options, (steps if steps is not None else []).append) as stack:
        yield stack


@asynccontextmanager
async def client_of(stack: LocalStack) -> AsyncIterator[httpx.AsyncClient]:
    headers = {"Authorization": f"Bearer {stack.issuer.mint()}"}
    async with httpx.AsyncClient(trust_env=False, headers=headers) as client:
        yield client


async def test_every_url_answers_and_everything_stops(options: StackOptions) -> None:
    steps: list[str] = []
    async with running(options, steps) as stack, client_of(stack) as client:
        for service in SERVICES:
            assert (await client.get(f"{stack.urls[service]}/livez")).status_code == 200
            assert (await client.get(f"{stack.urls[service]}/readyz")).json()["status"] == "ready"
            assert (await client.get(f"{stack.urls[service]}/docs")).status_code == 200
            assert (await client.get(f"{stack.urls[service]}/openapi.json")).json()["info"]["title"]
        discovery = (await client.get(f"{stack.urls['issuer']}/.well-known/openid-configuration")).json()
        assert discovery["issuer"] == stack.urls["issuer"]
        reader, writer = await asyncio.open_connection("127.0.0.1", stack.ports.smtp)
        assert (await reader.readline()).startswith(b"220 ")
        writer.close()
    assert not stack.postgres.is_running()
    for port in (stack.ports.issuer, stack.ports.customer, stack.ports.smtp):
        with socket.create_server(("127.0.0.1", port)):
            pass
    assert steps[0] == "starting PostgreSQL"
    assert steps[-2:] == ["stopping the services", "stopping PostgreSQL"]


async def test_a_token_of_the_token_endpoint_is_accepted_and_a_strangers_is_not(options: StackOptions) -> None:
    async with running(options) as stack, httpx.AsyncClient(trust_env=False) as client:
        url = f"{stack.urls['customer']}/v1/customers"
        granted = await client.post(
            f"{stack.urls['issuer']}/token",
            data={"grant_type": "client_credentials", "scope": "customer:read"},
            auth=(stack.client_id, stack.client_secret),
        )
        headers = {"Authorization": f"Bearer {granted.json()['access_token']}"}
        assert (await client.get(url, headers=headers)).status_code == 200
        assert (await client.get(url)).status_code == 401


async def test_the_data_stays_when_stopped_and_started(options: StackOptions) -> None:
    async with running(options) as stack, client_of(stack) as client:
        created = await client.post(f"{stack.urls['customer']}/v1/customers", json=PERSON)
        assert created.status_code == 201, created.text
        old_token = {"Authorization": f"Bearer {stack.issuer.mint()}"}
    async with running(replace(options, ports=stack.ports)) as stack, httpx.AsyncClient(trust_env=False) as client:
        url = f"{stack.urls['customer']}/v1/customers/{created.json()['customer_id']}"
        assert (await client.get(url, headers=old_token)).json() == created.json()


async def test_a_taken_port_is_explained_before_anything_starts(options: StackOptions) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(PortsInUse, match=f"port {port}, wanted by scoring, is in use by process"):
            async with running(replace(options, ports=replace(options.ports, scoring=port))):
                pytest.fail("it started")
    assert not options.folder.postgres.exists()


async def test_two_stacks_do_not_share_a_folder(options: StackOptions) -> None:
    async with running(options) as stack:
        with pytest.raises(DataFolderInUse, match="is in use by process"):
            async with running(options):
                pytest.fail("it started")
        assert stack.postgres.is_running()


async def test_a_server_left_by_a_crash_is_taken_over(options: StackOptions) -> None:
    left = PostgresServer(options.folder.postgres, durable=False)
    left.start()
    async with running(options) as stack:
        assert stack.postgres.is_running()
    assert not left.is_running()
    left.stop()


async def test_business_time_is_moved_over_http_where_the_clock_is_stepped(options: StackOptions) -> None:
    clock = SteppedClock(datetime(1997, 1, 1, tzinfo=UTC))
    async with running(replace(options, clock=clock)) as stack, client_of(stack) as client:
        moved = await client.put(f"{stack.urls['issuer']}/clock", json={"now": "1997-02-01T00:00:00Z"})
        assert moved.status_code == 200
        created = await client.post(f"{stack.urls['customer']}/v1/customers", json=PERSON)
        assert created.json()["registered_at"].startswith("1997-02-01T00:00:00")
