"""The laptop's message gateway on a free port, and a provider that sends to it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from deploy.local.gateway import Gateway, GatewayFaults, create_gateway_app
from deploy.local.ports import HOST
from services.notification.channels.gateway import GatewayOptions, GatewayProvider
from shared.web.server import HttpServer

SECRET = "whsec_dGVzdC1vbmx5LXNlY3JldC1vZi10aGUtZ2F0ZXdheQ=="


@dataclass(frozen=True, slots=True)
class RunningGateway:
    gateway: Gateway
    url: str

    @property
    def keys(self) -> list[str]:
        return [one["id"] for one in self.gateway.accepted]


@asynccontextmanager
async def running_gateway(
    folder: Path, *, port: int = 0, faults: GatewayFaults | None = None
) -> AsyncIterator[RunningGateway]:
    gateway = Gateway(folder / "gateway.jsonl", SECRET, faults=faults)
    server = HttpServer(create_gateway_app(gateway), host=HOST, port=port, name="gateway")
    stop, taken = asyncio.Event(), server.bind()
    task = asyncio.create_task(server.run(stop))
    try:
        yield RunningGateway(gateway, f"http://{HOST}:{taken}/messages")
    finally:
        stop.set()
        await task


def gateway_provider(running: RunningGateway, **options: Any) -> GatewayProvider:
    values: dict[str, Any] = {"name": "gateway", "url": running.url, "secret": SECRET, "timeout_seconds": 5.0}
    return GatewayProvider(GatewayOptions(**(values | options)))
