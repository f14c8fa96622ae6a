"""Thanks for purchases: decided on and planned, and in a second case delivered as well."""

import asyncio
import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import aiosmtplib
import httpx

from benchmarks.harness.backlog import Done, await_done, catch_up
from benchmarks.harness.cases import Figures
from benchmarks.harness.kafka import begin_anew, committed_offsets
from benchmarks.harness.processes import BenchProcess, free_port
from benchmarks.harness.site import BrokerSite, Site, open_broker
from benchmarks.load.customers import profiles
from benchmarks.load.gateway_sink import SECRET
from benchmarks.load.population import Population
from benchmarks.load.smtp_sink import HOST
from shared.contracts.topics import INTERACTION_EVENTS

GROUP = "notification.care"
_KEY_VARIABLE = "GATEWAY_SECRET"
_CHUNK = 2_000
_LOOK_SECONDS = 0.05
_LEARNING_SECONDS = 300.0
CONNECTIONS = 8


async def prepare_audience(site: Site, population: Population, at: datetime) -> str:
    """The name of a database in which everybody has a profile and wants mail."""
    database = await site.migrated("notification")
    async with open_broker(site, "embedded") as broker:
        for start in range(0, len(population.ids), _CHUNK):
            await broker.client.publish(profiles(population.ids[start : start + _CHUNK], at.isoformat()))
        async with (
            site.service("notification", "api", database, broker.settings) as api,
            site.service("notification", "worker", database, broker.settings, smtp_port=free_port()) as worker,
            httpx.AsyncClient(base_url=api.url, headers=site.headers(), trust_env=False) as client,
        ):

            async def known() -> int:
                return int((await client.get("/v1/status")).json()["customers"])

            await await_done(worker, known, len(population.ids), seconds=_LEARNING_SECONDS)
    return database


@dataclass(frozen=True, slots=True)
class CareRun:
    """The worker over a backlog of `events` purchases, each by somebody who wants to be thanked."""

    site: Site
    broker: BrokerSite
    template: str
    events: int

    async def planned(self) -> Figures:
        """Timed until the last event is committed; there is no mail server, so nothing is sent meanwhile."""
        async with committed_offsets(self.broker.bootstrap_servers, GROUP) as done:
            return await self._measure(done, smtp_port=free_port())

    async def delivered(self) -> Figures:
        """Timed until the last mail has arrived at a server that takes everything at once."""
        port, arrivals = free_port(), self.site.log_file("arrivals")
        sink = ["benchmarks.load.smtp_sink", str(port), str(arrivals)]

        async def arrived() -> int:
            return _count_lines(arrivals)

        async with BenchProcess("mail", sink, {}, self.site.log_file("mail")).running():
            return await self._measure(arrived, smtp_port=port)

    async def handed_over(self) -> Figures:
        """Timed until the last message is with a gateway, over HTTP, that takes everything at once."""
        port, arrivals = free_port(), self.site.log_file("arrivals")
        providers = self.site.folder / f"providers-{port}.json"
        gateway = {"kind": "gateway", "url": f"http://{HOST}:{port}/messages", "secret": _KEY_VARIABLE}
        providers.write_text(json.dumps({"providers": {"gateway": gateway}, "channels": {"email": ["gateway"]}}))

        async def arrived() -> int:
            return _count_lines(arrivals)

        async with BenchProcess("gateway", _gateway(port, arrivals), {}, self.site.log_file("gateway")).running():
            return await self._measure(arrived, providers_file=providers, secrets={_KEY_VARIABLE: SECRET})

    async def _measure(self, done: Done, **settings: Any) -> Figures:
        await begin_anew(self.broker.bootstrap_servers, GROUP, INTERACTION_EVENTS)
        database = await self.site.clone(self.template)
        await self.site.settle()
        worker = self.site.service(
            "notification",
            "worker",
            database,
            self.broker.settings,
            smtp_connections=CONNECTIONS,
            **settings,
        )
        try:
            return await catch_up(worker, done, self.events, {"postgres": self.site.postgres_pid})
        finally:
            await self.site.drop(database)


@dataclass(frozen=True, slots=True)
class SmtpAlone:
    """The same number of small mails by aiosmtplib alone, over as many connections, to the same server."""

    site: Site
    mails: int

    async def measure(self) -> Figures:
        port, arrivals = free_port(), self.site.log_file("arrivals")
        sink = ["benchmarks.load.smtp_sink", str(port), str(arrivals)]
        async with BenchProcess("mail", sink, {}, self.site.log_file("mail")).running():
            clients = [
                aiosmtplib.SMTP(hostname=HOST, port=port, use_tls=False, start_tls=False) for _ in range(CONNECTIONS)
            ]
            for client in clients:
                await _connect(client)
            mails = iter(range(self.mails))
            began = time.perf_counter()
            await asyncio.gather(*(self._send(client, mails) for client in clients))
            seconds = time.perf_counter() - began
            for client in clients:
                await client.quit()
        return {"per_second": self.mails / seconds}

    async def _send(self, client: aiosmtplib.SMTP, mails: Iterator[int]) -> None:
        for number in mails:
            await client.send_message(_mail(number))


@dataclass(frozen=True, slots=True)
class HttpAlone:
    """The same number of messages by httpx alone, unsigned, as many at a time, to the same gateway."""

    site: Site
    messages: int

    async def measure(self) -> Figures:
        port, arrivals = free_port(), self.site.log_file("arrivals")
        async with (
            BenchProcess("gateway", _gateway(port, arrivals), {}, self.site.log_file("gateway")).running(),
            httpx.AsyncClient(base_url=f"http://{HOST}:{port}", trust_env=False) as client,
        ):
            await _reach(client)
            keys = iter(range(self.messages))
            began = time.perf_counter()
            await asyncio.gather(*(self._post(client, keys) for _ in range(CONNECTIONS)))
            return {"per_second": self.messages / (time.perf_counter() - began)}

    async def _post(self, client: httpx.AsyncClient, keys: Iterator[int]) -> None:
        text = "Thank you for your purchase.\n" * 10
        for key in keys:
            document = {"id": str(key), "to": f"customer-{key}@mail.example", "text": text, "html": f"<p>{text}</p>"}
            answer = await client.post("/messages", json=document, headers={"Idempotency-Key": str(key)})
            answer.raise_for_status()


async def _reach(client: httpx.AsyncClient) -> None:
    """The gateway may have been started a moment ago."""
    deadline = time.monotonic() + 10
    while True:
        try:
            await client.post("/messages", json={}, headers={"Idempotency-Key": "first"})
            return
        except httpx.TransportError:
            if time.monotonic() > deadline:
                raise
            await asyncio.sleep(_LOOK_SECONDS)


def _gateway(port: int, arrivals: Path) -> list[str]:
    return ["benchmarks.load.gateway_sink", str(port), str(arrivals)]


async def _connect(client: aiosmtplib.SMTP) -> None:
    """The server may have been started a moment ago."""
    deadline = time.monotonic() + 10
    while True:
        try:
            await client.connect()
            return
        except (OSError, aiosmtplib.SMTPException):
            if time.monotonic() > deadline:
                raise
            await asyncio.sleep(_LOOK_SECONDS)


def _mail(number: int) -> EmailMessage:
    mail = EmailMessage()
    mail["From"], mail["To"] = "care@rapport.example", f"customer-{number}@mail.example"
    mail["Subject"], mail["Message-ID"] = "Thank you for your purchase", f"<{number}@rapport.example>"
    mail.set_content("Thank you for your purchase.\n" * 10)
    mail.add_alternative("<p>Thank you for your purchase.</p>\n" * 10, subtype="html")
    return mail


def _count_lines(file: Path) -> int:
    return file.read_bytes().count(b"\n") if file.exists() else 0
