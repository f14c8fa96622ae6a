"""Birthdays: the clock of a whole platform is moved to the morning, and everybody born on that day is to be greeted."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any

import httpx

from benchmarks.harness.cases import Figures
from benchmarks.harness.processes import HttpProcess, ProcessFailed
from benchmarks.harness.site import Site
from benchmarks.load.customers import profiles
from benchmarks.load.population import customer_id
from deploy.local.data_folder import DataFolder
from deploy.local.issuer import LocalIssuer
from deploy.local.ports import HOST, free_ports
from deploy.local.postgres import PostgresServer
from shared.messaging.embedded import EmbeddedBroker

_OPENS = datetime(2026, 3, 1, tzinfo=UTC)
_EVENING = timedelta(hours=10)
"""After nine in the morning in every time zone that matters here, and the same day still."""
_PARTS = ("issuer", "customer", "interaction", "scoring", "notification", "smtp")
_CHUNK = 2_000
_LOOK_SECONDS = 0.02
_MOST_SECONDS = 300.0


@dataclass
class OccasionRun:
    """Each run moves the clock by a day, on which `customers` others have their birthday."""

    client: httpx.AsyncClient
    process: HttpProcess
    issuer_url: str
    customers: int
    _days: "count[int]" = field(default_factory=lambda: count(1))

    async def measure(self) -> Figures:
        instant = _OPENS + timedelta(days=next(self._days)) + _EVENING
        began = time.perf_counter()
        answer = await self.client.put(f"{self.issuer_url}/clock", json={"now": instant.isoformat()})
        answer.raise_for_status()
        await self.await_answer(
            "/v1/occasions/progress", lambda it: datetime.fromisoformat(it["planned_until"]) >= instant
        )
        return {"per_second": self.customers / (time.perf_counter() - began)}

    async def await_answer(self, path: str, reached: Any) -> None:
        deadline = time.monotonic() + _MOST_SECONDS
        while not reached(answer := (await self.client.get(path)).json()):
            self.process.require_running()
            if time.monotonic() > deadline:
                raise ProcessFailed(f"{path} still answers {answer}")
            await asyncio.sleep(_LOOK_SECONDS)


@asynccontextmanager
async def open_occasions(site: Site, customers: int, runs: int) -> AsyncIterator[OccasionRun]:
    """A platform that knows `customers` for each of the next `runs` days; they are greeted in their inboxes."""
    folder = DataFolder(site.folder / "platform")
    ports = dict(zip(_PARTS, free_ports(len(_PARTS)), strict=True))
    environment = {f"PORT_{name.upper()}": str(port) for name, port in ports.items()}
    arguments = ["services", "--clock", f"{_OPENS:%Y-%m-%dT%H:%M:%S}", "--data-dir", str(folder.root)]
    issuer_url = f"http://{HOST}:{ports['issuer']}"
    process = HttpProcess("platform", arguments, environment, site.log_file("platform"), port=ports["notification"])
    async with process:
        headers = {"Authorization": f"Bearer {LocalIssuer(folder.issuer, issuer_url).mint(minutes=600)}"}
        async with httpx.AsyncClient(base_url=process.url, headers=headers, trust_env=False, timeout=60) as client:
            run = OccasionRun(client, process, issuer_url, customers)
            await _introduce(PostgresServer(folder.postgres).dsn("broker"), customers, runs)
            await run.await_answer("/v1/status", lambda it: it["customers"] >= customers * runs)
            yield run


async def _introduce(broker_dsn: str, customers: int, days: int) -> None:
    broker = EmbeddedBroker(broker_dsn)
    await broker.start()
    try:
        for day in range(days):
            birthday: date = (_OPENS + timedelta(days=day + 1)).date()
            ids = [str(customer_id(day * customers + number)) for number in range(customers)]
            for start in range(0, customers, _CHUNK):
                part = ids[start : start + _CHUNK]
                await broker.publish(profiles(part, _OPENS.isoformat(), channel="inbox", birthday=birthday))
    finally:
        await broker.stop()
