"""The cases: one event a request, many, the same as CloudEvents, and from a topic."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import httpx
from sqlalchemy.ext.asyncio import create_async_engine
from sqlmodel import SQLModel

from benchmarks.harness.cases import Case, Subject
from benchmarks.harness.processes import HttpProcess, free_port
from benchmarks.harness.run import Bench, Benchmark
from benchmarks.harness.site import open_broker
from benchmarks.ingest import doors
from benchmarks.ingest.ceiling import SqlCeiling, count_rows, read_new_rows
from benchmarks.ingest.doors import Door, DoorRun, Traffic
from benchmarks.ingest.ground import prepare_known_customers
from benchmarks.ingest.inbound import InboundRun, publish_inbound
from benchmarks.load.http import closed_loop
from benchmarks.load.population import Population
from shared.clock import wall_now

_MOST_SINGLE = 15_000
_MOST_NAIVE_SINGLE = 2_000
_MOST_BULK = 120_000
_MOST_NAIVE_BULK = 15_000
_MOST_IDLE = 60_000
_SAMPLED_BATCHES = 20


@dataclass(frozen=True, slots=True)
class Servers:
    """All of them run at once: one that is not measured does nothing."""

    bench: Bench
    traffic: Traffic
    ours: HttpProcess
    naive: HttpProcess
    idle: HttpProcess

    def run(self, door: Door, most_per_second: int) -> DoorRun:
        return DoorRun(self.bench.site, self.ours, door, self.traffic, most_per_second, self.bench.site.headers())

    def run_naive(self, door: Door, most_per_second: int) -> DoorRun:
        return DoorRun(self.bench.site, self.naive, door, self.traffic, most_per_second, {})

    def run_idle(self) -> DoorRun:
        return DoorRun(self.bench.site, self.idle, doors.SINGLE, self.traffic, _MOST_IDLE, self.bench.site.headers())


async def carry_out(bench: Bench) -> None:
    now = wall_now()
    population = Population(bench.size(100_000, 20_000))
    traffic = Traffic(population, now, bench.size(10, 4))
    bench.progress.say("ingest: letting the service learn its customers")
    template = await prepare_known_customers(bench.site, population, now)
    ceiling = await _sample_ceiling(bench, template, traffic)
    async with _servers(bench, template, traffic) as servers:
        await _singles(bench, servers)
        await _bulks(bench, servers, ceiling)
    if bench.wants("inbound"):
        await _inbound(bench, template, traffic, ceiling)


async def _singles(bench: Bench, servers: Servers) -> None:
    await bench.run(
        Case(
            "single",
            "one interaction a request, 32 connections, answered after the commit",
            [
                Subject("POST /v1/interactions", "ours", servers.run(doors.SINGLE, _MOST_SINGLE).measure),
                Subject(
                    "FastAPI + SQLModel",
                    "reference",
                    servers.run_naive(doors.NAIVE_SINGLE, _MOST_NAIVE_SINGLE).measure,
                ),
                Subject("load generator alone", "ceiling", servers.run_idle().measure),
            ],
        )
    )
    await bench.run(
        Case(
            "cloudevent",
            "one CloudEvent a request, structured, 32 connections",
            [Subject("POST /v1/events", "ours", servers.run(doors.CLOUDEVENT, _MOST_SINGLE).measure)],
        )
    )


async def _bulks(bench: Bench, servers: Servers, ceiling: SqlCeiling) -> None:
    unnest = Subject("the same rows by unnest", "ceiling", ceiling.by_unnest)
    copy = Subject("the same rows by COPY", "ceiling", ceiling.by_copy)
    naive = servers.run_naive(doors.NAIVE_BATCH, _MOST_NAIVE_BULK).measure
    await bench.run(
        Case(
            "batch",
            "500 interactions a request, 4 connections",
            [
                Subject("POST /v1/interactions/batch", "ours", servers.run(doors.BATCH, _MOST_BULK).measure),
                Subject("FastAPI + SQLModel", "reference", naive),
                unnest,
                copy,
            ],
        )
    )
    for name, about, door in (
        ("ndjson", "500 interactions a request, as lines of JSON, 4 connections", doors.LINES),
        ("cloudevents", "500 CloudEvents a request, 4 connections", doors.CLOUDEVENTS),
    ):
        if await _is_open(servers, door):
            ours = Subject(f"POST {door.path}", "ours", servers.run(door, _MOST_BULK).measure)
            await bench.run(Case(name, about, [ours, unnest]))
        else:
            bench.notes[name] = "this version has no such door"


async def _is_open(servers: Servers, door: Door) -> bool:
    """Whether the service takes this form at all."""
    [request] = door.requests("", servers.traffic.story(door.batch), {})
    body = request.partition(b"\r\n\r\n")[2]
    async with httpx.AsyncClient(base_url=servers.ours.url, trust_env=False) as client:
        headers = {**servers.bench.site.headers(), "Content-Type": door.media_type}
        answer = await client.post(door.path, content=body, headers=headers)
    return answer.status_code not in (400, 404, 415, 422)


async def _inbound(bench: Bench, template: str, traffic: Traffic, ceiling: SqlCeiling) -> None:
    events = bench.size(300_000, 50_000)
    async with open_broker(bench.site, "kafka") as broker:
        bench.progress.say(f"ingest: publishing {events:,} events of another system")
        await publish_inbound(broker, traffic.story(events))
        ours = InboundRun(bench.site, broker, template, events)
        await bench.run(
            Case(
                "inbound",
                f"a backlog of {events:,} events on the topic inbound.events, published on in the same process",
                [
                    Subject("interaction worker", "ours", ours.measure),
                    Subject("the same rows by unnest", "ceiling", ceiling.by_unnest),
                ],
            )
        )


async def _sample_ceiling(bench: Bench, template: str, traffic: Traffic) -> SqlCeiling:
    """Lets the door write some batches, and takes its rows."""
    site, door = bench.site, doors.BATCH
    database = await site.clone(template)
    before = await count_rows(site, database)
    events = _SAMPLED_BATCHES * door.batch
    async with _api(bench, database) as api:
        requests = door.requests(api.url, traffic.story(events), site.headers())
        (await closed_loop(api.url, requests, connections=1, seconds=60)).require_success()
    tables = await read_new_rows(site, database, before)
    bench.notes["rows"] = {table.table: len(table.rows) / events for table in tables}
    return SqlCeiling(site, template, tables, events, door.batch)


def _api(bench: Bench, database: str) -> HttpProcess:
    # The API itself never talks to a broker; its settings name one all the same.
    return bench.site.service(
        "interaction", "api", database, {"broker_database_url": bench.site.postgres.dsn(database)}
    )


@asynccontextmanager
async def _servers(bench: Bench, template: str, traffic: Traffic) -> AsyncIterator[Servers]:
    site = bench.site
    database = await site.clone(template)
    naive_dsn = await _prepare_naive(bench)
    naive_port, idle_port = free_port(), free_port()
    naive = ["benchmarks.reference.http_service", str(naive_port), naive_dsn]
    idle = ["benchmarks.reference.idle_server", str(idle_port)]
    async with (
        _api(bench, database) as ours,
        HttpProcess("naive api", naive, {}, site.log_file("naive"), port=naive_port) as naive_api,
        HttpProcess("idle server", idle, {}, site.log_file("idle"), port=idle_port) as idle_server,
    ):
        yield Servers(bench, traffic, ours, naive_api, idle_server)


async def _prepare_naive(bench: Bench) -> str:
    await bench.site.postgres.ensure_database("naive_ingest")
    dsn = bench.site.postgres.dsn("naive_ingest")
    engine = create_async_engine(dsn)
    async with engine.begin() as connection:
        await connection.run_sync(SQLModel.metadata.create_all)
    await engine.dispose()
    return dsn


INGEST = Benchmark("ingest", "the door: interactions over HTTP and from a topic", carry_out)
