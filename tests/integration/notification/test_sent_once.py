"""To a provider that honours our key each message goes exactly once, whatever is killed in between."""

import asyncio
import json
from collections.abc import Mapping
from contextlib import AsyncExitStack
from functools import partial
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from deploy.local.gateway import GatewayFaults, accepted_in
from services.notification.channels.port import Outgoing, SendResult
from services.notification.channels.registry import serving
from services.notification.messages.repository import deliveries
from shared.contracts.common import Channel
from shared.contracts.topics import ALL_TOPICS
from shared.messaging.broker import OutgoingRecord
from shared.messaging.codec import encode
from tests.support.eventually import eventually
from tests.support.factories.notification import profile_updated, purchase
from tests.support.gateway import SECRET, gateway_provider, running_gateway
from tests.support.messaging import embedded_broker
from tests.support.notification_service import LEASE, NotificationService
from tests.support.postgres import DatabaseFactory
from tests.support.processes import ServiceProcess, service_environment
from tests.support.tokens import create_tokens

MESSAGES = 60
KILLS = 2


class Crash(BaseException):
    """What kill -9 does to a worker, as far as the others can tell."""


async def crashing(service: NotificationService, provider: Any) -> None:
    loop = service.loop(serving(Channel.EMAIL, [provider]), lease=LEASE, send_timeout=LEASE / 2)
    with pytest.raises(BaseExceptionGroup) as caught:
        await asyncio.wait_for(loop.run(asyncio.Event()), 10)
    assert caught.value.split(Crash)[1] is None


@pytest.mark.parametrize("step", ["claiming", "before sending", "after acceptance", "recording"])
async def test_crash_at_each_step_doubles_nothing_and_loses_nothing(
    service: NotificationService, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    customer_id = uuid4()
    await service.handle(profile_updated(customer_id))
    await service.handle(purchase(customer_id))

    async def crash(*_: object, **__: object) -> None:
        raise Crash

    async with running_gateway(tmp_path) as running:
        provider = gateway_provider(running)
        real = provider.send

        async def send(message: Outgoing) -> SendResult:
            if step == "before sending":
                raise Crash
            result = await real(message)
            if step == "after acceptance":
                raise Crash
            return result

        with monkeypatch.context() as patch:
            patch.setattr(provider, "send", send)
            if step in ("claiming", "recording"):
                name = "insert_attempts" if step == "claiming" else "finish_attempts"
                patch.setattr(deliveries, name, crash)
            await crashing(service, provider)
        service.wall.shift += LEASE * 2
        await service.deliver(gateway_provider(running))
        (row,) = await service.messages(customer_id)
        assert (row["state"], running.keys) == ("sent", [str(row["message_id"])])
        assert running.gateway.requests[str(row["message_id"])] == (
            2 if step in ("after acceptance", "recording") else 1
        )


def providers_file(folder: Path, url: str) -> Path:
    file = folder / "providers.json"
    document = {
        "providers": {"gateway": {"kind": "gateway", "url": url, "secret": "TEST_GATEWAY_SECRET"}},
        "channels": {"email": ["gateway"]},
    }
    file.write_text(json.dumps(document))
    return file


def worker_environment(dsn: str, broker_dsn: str, folder: Path, file: Path) -> Mapping[str, str]:
    environment = service_environment(
        "notification",
        database_dsn=dsn,
        tokens=create_tokens(folder),
        broker={"broker_database_url": broker_dsn},
        providers_file=file,
        smtp_timeout_seconds=0.25,
        delivery_lease_seconds=2.5,
        delivery_first_delay_seconds=0.1,
    )
    return {**environment, "TEST_GATEWAY_SECRET": SECRET}


@pytest.mark.crash
@pytest.mark.timeout(400)
async def test_workers_killed_at_work_deliver_each_message_exactly_once(
    database_factory: DatabaseFactory, tmp_path: Path
) -> None:
    """Two workers race and are killed; answers are lost; the gateway itself goes away and comes back."""
    faults = GatewayFaults(lose_after=8, lose_before=4, delay_seconds=0.03)
    dsn, broker_dsn = await database_factory("notification"), await database_factory(None)
    customers = [uuid4() for _ in range(MESSAGES)]
    async with AsyncExitStack() as stack:
        broker = await stack.enter_async_context(embedded_broker(broker_dsn))
        await broker.ensure_topics(ALL_TOPICS)
        for event in [*map(profile_updated, customers), *map(purchase, customers)]:
            headers, value = encode(event.envelope, event.data)
            record = OutgoingRecord(event.data.topic, str(event.customer_id).encode(), value, headers)
            await broker.publish([record])
        gateway = await stack.enter_async_context(AsyncExitStack())
        running = await gateway.enter_async_context(running_gateway(tmp_path, faults=faults))
        environment = worker_environment(dsn, broker_dsn, tmp_path, providers_file(tmp_path, running.url))
        workers = [ServiceProcess("notification", "worker", environment, tmp_path) for _ in range(2)]
        for worker in workers:
            stack.enter_context(worker)
        for worker in workers:
            await worker.wait_ready(120)
        file, port = tmp_path / "gateway.jsonl", int(running.url.split(":")[2].split("/")[0])
        for kill in range(1, KILLS + 1):
            await eventually(partial(taken, file, kill * MESSAGES // (KILLS + 2)), seconds=100)
            victim = workers[kill % 2]
            victim.kill()
            victim.start()
        await gateway.aclose()
        repeats = sum(running.gateway.requests.values()) - len(running.gateway.requests)
        async with running_gateway(tmp_path, port=port):
            await eventually(partial(taken, file, MESSAGES), seconds=100)
    keys = [one["id"] for one in accepted_in(file)]
    assert len(keys) == len(set(keys)) == MESSAGES
    assert repeats > 0, "nothing was ever repeated, so nothing was proven"


async def taken(file: Path, wanted: int) -> bool:
    return len(accepted_in(file)) >= wanted
