"""The whole platform, once per broker and test module: all services in one process, met over HTTP."""

import asyncio
from collections.abc import AsyncIterator

import httpx
import pytest
import pytest_asyncio

from deploy.local.data_folder import DataFolder
from deploy.local.ports import Ports
from deploy.local.stack import StackOptions, local_stack
from tests.support.kafka import require_kafka
from tests.support.running_platform import RunningPlatform


@pytest_asyncio.fixture(
    scope="module",
    loop_scope="module",
    params=["embedded", pytest.param("kafka", marks=[pytest.mark.kafka, pytest.mark.xdist_group("kafka")])],
)
async def platform(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[RunningPlatform]:
    """For modules marked `asyncio(loop_scope="module")`; their tests share it, so each uses customers of its own."""
    if request.param == "kafka":
        await asyncio.to_thread(require_kafka)
    options = StackOptions(
        folder=DataFolder(tmp_path_factory.mktemp("platform") / "data"),
        broker=request.param,
        ports=Ports.any_free(),
        kafka_port=0,
        durable=False,
    )
    steps: list[str] = []
    async with local_stack(options, steps.append) as stack:
        headers = {"Authorization": f"Bearer {stack.issuer.mint()}"}
        async with httpx.AsyncClient(trust_env=False, headers=headers, timeout=30) as client:
            yield RunningPlatform(stack, client)
