"""The broker of a test of loss, which it may kill."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from deploy.local.kafka import KafkaCluster
from tests.support.kafka import require_kafka


@pytest.fixture(params=["embedded", pytest.param("kafka", marks=pytest.mark.kafka)])
async def kafka(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[KafkaCluster | None]:
    """Once None, which stands for the embedded broker, and once a running Kafka of the test's own."""
    if request.param == "embedded":
        yield None
        return
    require_kafka()
    cluster = KafkaCluster(tmp_path / "kafka")
    await asyncio.to_thread(cluster.start)
    yield cluster
    await asyncio.to_thread(cluster.stop)
