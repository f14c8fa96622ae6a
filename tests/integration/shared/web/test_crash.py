"""A process that dies in the middle of a request."""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest
from sqlalchemy import text

from tests.support.eventually import eventually
from tests.support.processes import free_port
from tests.support.source import ROOT
from tests.support.tokens import Tokens
from tests.support.toy_service import ToyService, run_toy_service

IN_TRANSACTION = text(
    "SELECT count(*) FROM pg_stat_activity"
    " WHERE datname = current_database() AND state = 'idle in transaction' AND pid <> pg_backend_pid()"
)


@pytest.mark.crash
async def test_a_crash_between_handler_and_commit_leaves_nothing(toy_dsn: str, tokens: Tokens, tmp_path: Path) -> None:
    note = {"text": "once"}
    async with run_toy_service(toy_dsn, tokens) as survivor:
        headers = survivor.headers(key="k")
        async with toy_process(toy_dsn, tmp_path) as (process, client):
            held = asyncio.create_task(client.post("/v1/notes/held", json=note, headers=headers))
            await eventually(lambda: transactions(survivor, 1))
            process.kill()
            with pytest.raises(httpx.HTTPError):
                await held

        await eventually(lambda: transactions(survivor, 0))
        assert await survivor.texts() == []
        survivor.gate.open.set()
        repeated = await survivor.client.post("/v1/notes/held", json=note, headers=headers)
        assert repeated.status_code == 201
        assert "idempotency-replayed" not in repeated.headers
        assert await survivor.texts() == ["once"]


@asynccontextmanager
async def toy_process(dsn: str, folder: Path) -> AsyncIterator[tuple[asyncio.subprocess.Process, httpx.AsyncClient]]:
    """A running toy service with a client of it; killed at the end at the latest."""
    port = free_port()
    command = (sys.executable, "-m", "tests.support.toy_process", dsn, str(folder), str(port))
    process = await asyncio.create_subprocess_exec(*command, cwd=ROOT)
    try:
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
            await eventually(lambda: alive(client), seconds=30)
            yield process, client
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def alive(client: httpx.AsyncClient) -> bool:
    try:
        return (await client.get("/livez")).is_success
    except httpx.ConnectError:
        return False


async def transactions(toy: ToyService, number: int) -> bool:
    """Whether so many transactions are open beside the one that asks."""
    async with toy.database.snapshot() as session:
        return bool(await session.scalar(IN_TRANSACTION) == number)
