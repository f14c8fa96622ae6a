"""To a provider that honours our key each message goes exactly once, whatever is killed in between."""

import asyncio
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from services.notification.channels.port import Outgoing, SendResult
from services.notification.channels.registry import serving
from services.notification.messages.repository import deliveries
from shared.contracts.common import Channel
from tests.support.factories.notification import profile_updated, purchase
from tests.support.gateway import gateway_provider, running_gateway
from tests.support.notification_service import LEASE, NotificationService

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
