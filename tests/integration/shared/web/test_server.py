"""The HTTP server as a component, on a real socket."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest
from fastapi import FastAPI
from structlog.testing import capture_logs

from shared.errors import InvalidInput
from shared.observability.readiness import Readiness
from shared.runtime import run_components
from shared.web.edge import EdgeMiddleware
from shared.web.ops import create_ops_app
from shared.web.server import HttpServer

HOST = "127.0.0.1"


class SlowApp:
    """Answers when it is allowed to."""

    def __init__(self) -> None:
        self.app = FastAPI(openapi_url=None)
        self.asked = asyncio.Event()
        self.allowed = asyncio.Event()
        self.app.add_api_route("/slow", self._slow)

    async def _slow(self) -> str:
        self.asked.set()
        await self.allowed.wait()
        return "done"


@asynccontextmanager
async def serving(server: HttpServer) -> AsyncIterator[tuple[str, asyncio.Event, asyncio.Task[None]]]:
    url = f"http://{HOST}:{server.bind()}"
    stop = asyncio.Event()
    running = asyncio.create_task(run_components([server], stop=stop))
    try:
        yield url, stop, running
    finally:
        stop.set()
        await running


async def test_an_answer_in_progress_goes_out_before_the_server_stops() -> None:
    slow = SlowApp()
    async with serving(HttpServer(slow.app, host=HOST, port=0)) as (url, stop, running), httpx.AsyncClient() as client:
        asking = asyncio.create_task(client.get(f"{url}/slow"))
        await slow.asked.wait()
        stop.set()
        await asyncio.sleep(0.2)
        assert not running.done()
        with pytest.raises(httpx.ConnectError):
            await httpx.AsyncClient().get(f"{url}/slow")

        slow.allowed.set()
        assert (await asking).json() == "done"


async def test_an_answer_that_takes_too_long_is_broken_off_with_a_problem() -> None:
    slow = SlowApp()
    slow.app.add_middleware(EdgeMiddleware, service="toy")
    server = HttpServer(slow.app, host=HOST, port=0, grace_seconds=1)
    async with httpx.AsyncClient() as client:
        async with serving(server) as (url, _, _):
            asking = asyncio.create_task(client.get(f"{url}/slow"))
            await slow.asked.wait()
        answer = await asking

    assert (answer.status_code, answer.json()["code"]) == (503, "stopping")
    assert answer.headers["retry-after"] == "2"


async def test_a_taken_port_is_told_with_the_way_out() -> None:
    app = FastAPI(openapi_url=None)
    async with serving(HttpServer(app, host=HOST, port=0)) as (url, _, _):
        port = int(url.rpartition(":")[2])
        with pytest.raises(InvalidInput, match=f"port {port} of {HOST} is in use") as caught:
            HttpServer(app, host=HOST, port=port).bind()

    assert caught.value.code == "port_taken"


async def test_a_workers_ops_endpoints_are_quiet() -> None:
    app = create_ops_app("toy", Readiness())
    with capture_logs() as logs:
        async with (
            serving(HttpServer(app, host=HOST, port=0)) as (url, _, _),
            httpx.AsyncClient(base_url=url) as client,
        ):
            answers = [await client.get(path) for path in ("/livez", "/readyz", "/metrics")]

    assert [answer.status_code for answer in answers] == [200, 200, 200]
    assert not [entry for entry in logs if entry["event"] == "request"]
