"""The notification service over a PostgreSQL of its own, on a clock in our hands, its mail to the laptop's gateway."""

import asyncio
import base64
import json
import os
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any

import asyncpg
import httpx
from fastapi import FastAPI, Request, Response

from deploy.local.care.judgement import Sent
from deploy.local.data_folder import DataFolder
from deploy.local.gateway import Gateway
from deploy.local.ports import HOST, Ports
from deploy.local.stack import StackOptions, local_stack
from shared.clock import SteppedClock
from shared.contracts.topics import CUSTOMER_PROFILES
from shared.messaging.broker import OutgoingRecord
from shared.messaging.embedded import EmbeddedBroker
from shared.web.server import HttpServer

_SECRET = "RAPPORT_SIMULATED_GATEWAY"  # noqa: S105 - where it is, not what it is
_CHUNK = 1_000
_LOOK_SECONDS = 0.003
_MOST_SECONDS = 300.0
_TOKEN_MINUTES = 7 * 24 * 60


class SimulationFailed(Exception):
    """The service did not get on; the message says with what."""


@dataclass(slots=True)
class CareService:
    """What the simulation does to the service, and what it sees of it: tens of thousands of times, hence by SQL."""

    clock: SteppedClock
    broker: EmbeddedBroker
    database: "asyncpg.Connection[asyncpg.Record]"
    api: httpx.AsyncClient
    sent: list[Sent] = field(default_factory=list)
    _joined: int = 0

    async def tell(self, profiles: Sequence[tuple[datetime, dict[str, Any]]]) -> None:
        """Publishes profiles as the customer service would, and waits until they are taken over."""
        for start in range(0, len(profiles), _CHUNK):
            await self.broker.publish([_record(at, profile) for at, profile in profiles[start : start + _CHUNK]])
        self._joined += sum(profile["version"] == 1 for _, profile in profiles)
        await self._until(self._is_joined, "take over profiles")
        for _, profile in profiles:
            if profile["version"] > 1:
                await self._until(partial(self._is_known, profile), "take over a change")

    async def keep_holidays(self, codes: Sequence[str]) -> None:
        """Puts a rule in force, of the priority of birthdays: of both on one day one message is sent."""
        document = {
            "description": "Wishes of the simulated business.",
            "on": {"occasion": "holiday", "holidays": list(codes)},
            "message": {"template": "holiday_greeting", "purpose": "care", "channels": ["email"]},
            "priority": 70,
        }
        words = {"reason": "simulated"}
        drafted = await self.api.put("/v1/rules/simulated_wishes/draft", json={"document": document, **words})
        drafted.raise_for_status()
        headers = {"If-Match": drafted.headers["ETag"]}
        (await self.api.post("/v1/rules/simulated_wishes/activate", json=words, headers=headers)).raise_for_status()

    async def next_due(self) -> datetime | None:
        due = (await self._progress())["next_due_at"]
        return None if due is None else datetime.fromisoformat(due)

    async def move_to(self, instant: datetime) -> None:
        """Moves time, and waits until all that is due by then is planned and has left."""
        self.clock.move_to(instant)
        await self.settle()

    async def settle(self) -> None:
        await self._until(self._is_planned, "plan what is due")
        await self._until(self._has_asked, "ask everybody on a holiday")
        await self._until(self._is_delivered, "send what is planned")

    async def _is_planned(self) -> bool:
        now = self.clock.now()
        due = await self.database.fetchval("SELECT EXISTS (SELECT FROM occasions WHERE next_due_at <= $1)", now)
        return not due

    async def _has_asked(self) -> bool:
        return datetime.fromisoformat((await self._progress())["planned_until"]) >= self.clock.now()

    async def _progress(self) -> dict[str, Any]:
        answer = await self.api.get("/v1/occasions/progress")
        progress: dict[str, Any] = answer.raise_for_status().json()
        return progress

    async def _is_delivered(self) -> bool:
        waiting = "SELECT EXISTS (SELECT FROM messages WHERE state = 'planned' OR state = 'sending')"
        return not await self.database.fetchval(waiting)

    async def _is_joined(self) -> bool:
        known = await self.database.fetchval("SELECT count(*) FROM customers WHERE state = 'known'")
        return bool(known >= self._joined)

    async def _is_known(self, profile: dict[str, Any]) -> bool:
        version = await self.database.fetchval(
            "SELECT version FROM customers WHERE customer_id = $1", profile["customer_id"]
        )
        return bool(version >= profile["version"])

    async def _until(self, holds: Callable[[], Awaitable[bool]], what: str) -> None:
        try:
            async with asyncio.timeout(_MOST_SECONDS):
                while not await holds():  # noqa: ASYNC110 - asked by SQL
                    await asyncio.sleep(_LOOK_SECONDS)
        except TimeoutError:
            raise SimulationFailed(f"at {self.clock.now().isoformat()} the service did not {what} in time") from None


@asynccontextmanager
async def open_service(
    folder: DataFolder, opens: datetime, progress: Callable[[str], None]
) -> AsyncIterator[CareService]:
    """Raises what `local_stack` raises."""
    clock = SteppedClock(opens)
    async with AsyncExitStack() as cleanup:
        sent: list[Sent] = []
        url = await cleanup.enter_async_context(_gateway(folder, clock, sent))
        options = StackOptions(
            folder=folder,
            ports=Ports.any_free(),
            clock=clock,
            durable=False,
            services=("notification",),
            settings={"providers_file": _providers(folder, url)},
        )
        stack = await cleanup.enter_async_context(local_stack(options, progress))
        broker = EmbeddedBroker(stack.postgres.dsn("broker"))
        await broker.start()
        cleanup.push_async_callback(broker.stop)
        database = await stack.postgres.connect("notification")
        cleanup.push_async_callback(database.close)
        headers = {"Authorization": f"Bearer {stack.issuer.mint(minutes=_TOKEN_MINUTES)}"}
        api = await cleanup.enter_async_context(
            httpx.AsyncClient(base_url=stack.urls["notification"], headers=headers, timeout=_MOST_SECONDS)
        )
        yield CareService(clock, broker, database, api, sent)


@asynccontextmanager
async def _gateway(folder: DataFolder, clock: SteppedClock, sent: list[Sent]) -> AsyncIterator[str]:
    """Its address; what it accepts is noted in `sent` with the business's own time."""
    secret = "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()
    os.environ[_SECRET] = secret
    folder.root.mkdir(parents=True, exist_ok=True)
    gateway = Gateway(folder.root / "gateway.jsonl", secret)
    app = FastAPI(openapi_url=None)

    async def take(request: Request) -> Response:
        before = len(gateway.accepted)
        answer = await gateway.take(request)
        if len(gateway.accepted) > before:
            sent.append(Sent(int((await request.json())["to"].partition("@")[0]), clock.now()))
        return answer

    app.post("/messages")(take)
    server = HttpServer(app, host=HOST, port=0, name="gateway")
    stop, port = asyncio.Event(), server.bind()
    task = asyncio.create_task(server.run(stop))
    try:
        yield f"http://{HOST}:{port}/messages"
    finally:
        stop.set()
        await task


def _providers(folder: DataFolder, url: str) -> str:
    document = {
        "providers": {"gateway": {"kind": "gateway", "url": url, "secret": _SECRET}},
        "channels": {"email": ["gateway"]},
    }
    file = folder.root / "providers.json"
    file.write_text(json.dumps(document), encoding="utf-8")
    return str(file)


def _record(at: datetime, profile: dict[str, Any]) -> OutgoingRecord:
    customer, moment = profile["customer_id"], at.isoformat()
    headers = {
        "ce_specversion": "1.0",
        "ce_id": f"{customer}-{profile['version']}",
        "ce_source": "rapport/customer",
        "ce_type": "rapport.customer.profile_updated.v1",
        "ce_time": moment,
        "ce_subject": customer,
        "content-type": "application/json",
    }
    return OutgoingRecord(
        CUSTOMER_PROFILES.name,
        customer.encode(),
        json.dumps(profile).encode(),
        tuple((name, value.encode()) for name, value in headers.items()),
    )
