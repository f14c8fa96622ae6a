"""The whole platform, once per broker and test module: all services in one process, met over HTTP."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from deploy.local.data_folder import DataFolder
from deploy.local.ports import Ports
from deploy.local.stack import LocalStack, StackOptions, local_stack
from tests.support.kafka import require_kafka


@dataclass(frozen=True, slots=True)
class RunningPlatform:
    """A client for each service, and what is behind them."""

    stack: LocalStack
    client: httpx.AsyncClient

    async def get(self, service: str, path: str, **parameters: Any) -> Any:
        return (await self.client.get(self.stack.urls[service] + path, params=parameters)).raise_for_status().json()

    async def post(self, service: str, path: str, body: Mapping[str, Any]) -> Any:
        answer = await self.client.post(self.stack.urls[service] + path, json=body)
        assert answer.is_success, answer.text
        return answer.json()


@pytest.fixture(params=["embedded", pytest.param("kafka", marks=[pytest.mark.kafka, pytest.mark.xdist_group("kafka")])])
async def platform(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[RunningPlatform]:
    if request.param == "kafka":
        await asyncio.to_thread(require_kafka)
    options = StackOptions(
        folder=DataFolder(tmp_path / "data"), broker=request.param, ports=Ports.any_free(), kafka_port=0, durable=False
    )
    steps: list[str] = []
    async with local_stack(options, steps.append) as stack:
        headers = {"Authorization": f"Bearer {stack.issuer.mint()}"}
        async with httpx.AsyncClient(trust_env=False, headers=headers, timeout=30) as client:
            yield RunningPlatform(stack, client)
