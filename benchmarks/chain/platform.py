"""Interaction, scoring and notification as separate processes, over one PostgreSQL and one broker."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx

from benchmarks.harness.processes import BenchProcess, HttpProcess, ProcessFailed, free_port
from benchmarks.harness.site import BrokerSite, Site, open_broker
from benchmarks.load.customers import profiles, registered
from benchmarks.load.population import Population
from deploy.local.stack import BrokerKind

SERVICES = ("interaction", "scoring", "notification")
CONSENTING_EVERY = 20
"""One customer in twenty wants mail; for the others each event still leaves a decision."""
_CHUNK = 2_000
_LEARNING_SECONDS = 300.0
_LOOK_SECONDS = 0.1


@dataclass(frozen=True, slots=True)
class Chain:
    """A running platform whose customers are known everywhere."""

    site: Site
    broker: BrokerSite
    population: Population
    databases: dict[str, str]
    processes: dict[str, HttpProcess]
    client: httpx.AsyncClient
    arrivals: Path
    """What the mail server wrote down."""

    def url(self, service: str) -> str:
        return self.processes[f"{service} api"].url

    async def ask(self, service: str, path: str) -> dict[str, object]:
        answer = await self.client.get(self.url(service) + path)
        answer.raise_for_status()
        body: dict[str, object] = answer.json()
        return body

    async def facts(self) -> int:
        """How many events are scored."""
        return int(str((await self.ask("scoring", "/v1/status"))["facts"]))

    async def await_facts(self, wanted: int, *, seconds: float) -> bool:
        """Whether so many are scored within `seconds`."""
        deadline = time.monotonic() + seconds
        while await self.facts() < wanted:
            for process in self.processes.values():
                process.require_running()
            if time.monotonic() > deadline:
                return False
            await asyncio.sleep(_LOOK_SECONDS)
        return True

    @property
    def pids(self) -> dict[str, int]:
        known = {"postgres": self.site.postgres_pid, **{name: one.pid for name, one in self.processes.items()}}
        return known if self.broker.pid is None else {**known, "kafka": self.broker.pid}


@asynccontextmanager
async def open_chain(site: Site, kind: BrokerKind, customers: int, now: datetime) -> AsyncIterator[Chain]:
    population = Population(customers)
    arrivals = site.folder / f"arrivals-{kind}"
    smtp_port = free_port()
    sink = ["benchmarks.load.smtp_sink", str(smtp_port), str(arrivals)]
    async with AsyncExitStack() as stack:
        broker = await stack.enter_async_context(open_broker(site, kind))
        await stack.enter_async_context(BenchProcess("mail", sink, {}, site.log_file("mail")).running())
        databases = {service: await site.migrated(service) for service in SERVICES}
        processes: dict[str, HttpProcess] = {}
        for service in SERVICES:
            own: dict[str, Any] = {"smtp_port": smtp_port, "smtp_connections": 8} if service == "notification" else {}
            for role in ("api", "worker"):
                process = site.service(service, role, databases[service], broker.settings, **own)
                processes[f"{service} {role}"] = await stack.enter_async_context(process)
        client = await stack.enter_async_context(httpx.AsyncClient(headers=site.headers(), trust_env=False, timeout=60))
        chain = Chain(site, broker, population, databases, processes, client, arrivals)
        await _introduce(chain, now)
        yield chain


async def _introduce(chain: Chain, now: datetime) -> None:
    """Lets every service learn of every customer."""
    ids, at, publish = chain.population.ids, now.isoformat(), chain.broker.client.publish
    for start in range(0, len(ids), _CHUNK):
        part = ids[start : start + _CHUNK]
        await publish(registered(part, at))
        await publish(profiles(part, at, consenting_every=CONSENTING_EVERY))
    deadline = time.monotonic() + _LEARNING_SECONDS
    while not await _knows_everybody(chain):
        if time.monotonic() > deadline:
            raise ProcessFailed(f"not everybody is known after {_LEARNING_SECONDS:.0f} s")
        await asyncio.sleep(_LOOK_SECONDS)


async def _knows_everybody(chain: Chain) -> bool:
    wanted = len(chain.population.ids)
    scoring = await chain.ask("scoring", "/v1/status")
    notification = await chain.ask("notification", "/v1/status")
    if int(str(scoring["known_customers"])) < wanted or int(str(notification["customers"])) < wanted:
        return False
    newest = chain.population.ids[-60:]  # of every partition at least one, the last to be learned among them
    answers = [await chain.client.get(f"{chain.url('interaction')}/v1/customers/{one}/timeline") for one in newest]
    return all(answer.status_code == 200 for answer in answers)
