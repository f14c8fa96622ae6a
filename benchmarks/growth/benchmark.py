"""The cases: the same rates over nothing, over a million and over ten million stored interactions."""

from collections.abc import Awaitable, Callable, Sequence
from contextlib import AsyncExitStack
from datetime import datetime
from itertools import count

from benchmarks.growth.filling import multiply
from benchmarks.harness.backlog import catch_up
from benchmarks.harness.cases import Case, Figures, Subject
from benchmarks.harness.run import Bench, Benchmark
from benchmarks.harness.site import BrokerSite, Site, open_broker
from benchmarks.ingest import doors
from benchmarks.ingest.doors import DoorRun, Traffic
from benchmarks.ingest.ground import prepare_known_customers
from benchmarks.load.happenings import Story
from benchmarks.load.http import closed_loop
from benchmarks.load.population import Population
from benchmarks.scoring.ground import CHUNK, publish_happenings, scoring_processes
from shared.clock import wall_now

_DAYS = 365.0
_MOST_BULK = 120_000
_FILLING_SECONDS = 1_800.0
_seeds = count(20_000)


class Sizes:
    """How much is stored, in interactions, at each stage; the first copies are made by the services themselves."""

    def __init__(self, bench: Bench) -> None:
        self.customers = bench.size(1_000_000, 50_000)
        self.written = bench.size(1_000_000, 50_000)
        self.stages: Sequence[int] = (
            (0, 1_000_000, 10_000_000) if bench.order.scale == "full" else (0, 20 * self.written)
        )


async def carry_out(bench: Bench) -> None:
    sizes = Sizes(bench)
    population, now = Population(sizes.customers), wall_now()
    if bench.wants("scoring"):
        await _scoring(bench, sizes, population, now)
    if bench.wants("door"):
        await _door(bench, sizes, population, now)


async def _door(bench: Bench, sizes: Sizes, population: Population, now: datetime) -> None:
    site = bench.site
    bench.progress.say("growth: letting the service learn its customers")
    empty = await prepare_known_customers(site, population, now)
    traffic = Traffic(population, now, bench.size(10, 4))
    async with AsyncExitStack() as stack:
        subjects = []
        for stage in sizes.stages:
            bench.progress.say(f"growth: storing {stage:,} interactions")
            database = await site.clone(empty)
            broker = {"broker_database_url": site.postgres.dsn(database)}
            api = await stack.enter_async_context(site.service("interaction", "api", database, broker))
            run = DoorRun(site, api, doors.BATCH, traffic, _MOST_BULK, site.headers())
            if stage:
                requests = doors.BATCH.requests(api.url, traffic.story(sizes.written), site.headers())
                result = await closed_loop(api.url, requests, connections=2, seconds=_FILLING_SECONDS)
                result.require_success()
                times = stage // sizes.written - 1
                await multiply(site, database, "interactions", times=times, renewed=("interaction_id", "source_id"))
            subjects.append(_subject(sizes, stage, run.measure))
        await bench.run(Case("door", f"500 interactions a request, {sizes.customers:,} customers", subjects))


async def _scoring(bench: Bench, sizes: Sizes, population: Population, now: datetime) -> None:
    site = bench.site
    subjects = []
    for stage in sizes.stages:
        bench.progress.say(f"growth: storing {stage:,} facts")
        database = await site.migrated("scoring")
        run = GrownRun(site, database, population, now, bench.size(200_000, 30_000))
        if stage:
            await run.score(sizes.written)
            times = stage // sizes.written - 1
            await multiply(site, database, "facts", times=times, renewed=("event_id",))
        subjects.append(_subject(sizes, stage, run.measure))
    await bench.run(Case("scoring", f"a backlog on Kafka, {sizes.customers:,} customers", subjects))


def _subject(sizes: Sizes, stage: int, measure: Callable[[], Awaitable[Figures]]) -> Subject:
    """The fullest is what is compared with the others."""
    return Subject(f"{stage:,} stored", "ours" if stage == sizes.stages[-1] else "reference", measure)


class GrownRun:
    """The scoring worker over a database that keeps what earlier runs added."""

    def __init__(self, site: Site, database: str, population: Population, until: datetime, events: int) -> None:
        self._site, self._database = site, database
        self._population, self._until, self._events = population, until, events

    async def measure(self) -> Figures:
        return {"per_second": await self.score(self._events)}

    async def score(self, events: int) -> float:
        """Publishes a backlog to a Kafka of its own and lets the worker catch up; returns events a second."""
        async with open_broker(self._site, "kafka") as broker:
            story = Story(population=self._population, count=events, seed=next(_seeds), until=self._until, days=_DAYS)
            await publish_happenings(broker.client, story.told(CHUNK), self._until)
            return await self._catch_up(broker, events)

    async def _catch_up(self, broker: BrokerSite, events: int) -> float:
        servers = {"postgres": self._site.postgres_pid}
        async with scoring_processes(self._site, self._database, broker.settings) as (status, worker, _):
            await self._site.settle()
            figures = await catch_up(worker, status.facts, events, servers, seconds=_FILLING_SECONDS)
        return figures["per_second"]


GROWTH = Benchmark("growth", "door and scoring beside what is stored already", carry_out)
