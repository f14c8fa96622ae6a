"""The inbox live: over a real server, since a stream is more than a response."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID, uuid4

import httpx

from services.notification.app import create_api
from shared.web.server import HttpServer
from tests.support.factories.notification import profile_updated, purchase
from tests.support.notification_service import SCOPES, NotificationService
from tests.support.smtp import ScriptedChannel


@asynccontextmanager
async def served(service: NotificationService) -> AsyncIterator[httpx.AsyncClient]:
    server = HttpServer(create_api(service.platform), host="127.0.0.1", port=0, grace_seconds=0.2)
    url, stop = f"http://127.0.0.1:{server.bind()}", asyncio.Event()
    task = asyncio.create_task(server.run(stop))
    try:
        async with httpx.AsyncClient(base_url=url, headers=service.tokens.headers(*SCOPES), trust_env=False) as client:
            yield client
    finally:
        stop.set()
        await task


async def lay_down(service: NotificationService, customer_id: UUID) -> None:
    await service.handle(purchase(customer_id))
    await service.deliver(ScriptedChannel())


async def read_events(lines: AsyncIterator[str], count: int) -> list[dict[str, str]]:
    events: list[dict[str, str]] = []
    fields: dict[str, str] = {}
    async with asyncio.timeout(10):
        while len(events) < count:
            line = await anext(lines)
            name, _, value = line.partition(": ")
            if line and not line.startswith(":"):
                fields[name] = value
            elif fields:
                events.append(fields)
                fields = {}
    return events


async def test_items_come_live_and_a_broken_stream_goes_on_where_it_was(service: NotificationService) -> None:
    customer_id = uuid4()
    await service.handle(profile_updated(customer_id, contact_points=()))
    await lay_down(service, customer_id)
    path = f"/v1/customers/{customer_id}/inbox"
    async with served(service) as client:
        async with client.stream("GET", f"{path}/stream") as stream:
            assert stream.headers["content-type"].startswith("text/event-stream")
            lines = stream.aiter_lines()
            assert await read_events(lines, 1) == [{"event": "unread", "data": '{"unread": 1}'}]
            await lay_down(service, customer_id)
            item, unread = await read_events(lines, 2)
            assert (item["event"], unread["data"]) == ("item", '{"unread": 2}')
            await client.post(f"{path}/read", json={})
            assert await read_events(lines, 1) == [{"event": "unread", "data": '{"unread": 0}'}]
        await lay_down(service, customer_id)
        async with client.stream("GET", f"{path}/stream", headers={"Last-Event-ID": item["id"]}) as again:
            missed, unread = await read_events(again.aiter_lines(), 2)
        assert (missed["event"], int(missed["id"]) > int(item["id"]), unread["data"]) == ("item", True, '{"unread": 1}')
        wrong = await client.get(f"{path}/stream", headers={"Last-Event-ID": "yesterday"})
        assert (wrong.status_code, wrong.json()["code"]) == (400, "event_id_invalid")


async def test_everything_until_an_instant_is_read_at_once(service: NotificationService) -> None:
    customer_id = uuid4()
    await service.handle(profile_updated(customer_id, contact_points=()))
    await lay_down(service, customer_id)
    path, seen_at = f"/v1/customers/{customer_id}/inbox", service.clock.now()
    service.clock.move_to(seen_at.replace(hour=13))
    await lay_down(service, customer_id)
    assert (await service.get(f"{path}/unread"))["unread"] == 2
    answer = await service.client.post(f"{path}/read", json={"until": seen_at.isoformat()})
    assert answer.json() == {"unread": 1}
    assert (await service.client.post(f"{path}/read", json={})).json() == {"unread": 0}
    assert (await service.client.post(f"{path}/read", json={})).json() == {"unread": 0}
