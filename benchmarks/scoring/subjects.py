"""One run of each subject over the same backlog on the same Kafka."""

from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

from benchmarks.harness.accounting import accounted
from benchmarks.harness.backlog import catch_up
from benchmarks.harness.cases import Figures
from benchmarks.harness.kafka import begin_anew
from benchmarks.harness.processes import BenchProcess
from benchmarks.harness.site import BrokerSite, Site
from benchmarks.harness.wire import Recording, recorded, replay
from benchmarks.load.happenings import Totals
from benchmarks.scoring.ground import Ground, scoring_processes
from shared.contracts.topics import INTERACTION_EVENTS

GROUP = "scoring.worker"
_NAIVE_SECONDS = 8.0
_QUIX_EVENTS = 100_000
_QUIX_SILENCE_SECONDS = 30.0
_RECORDED_EVENTS = 100_000
_MARKER = b"facts"
"""In every transaction of the consumer, and nowhere in what the relay says beside it."""


@dataclass
class Runs:
    """What the subjects of one backlog share."""

    site: Site
    ground: Ground
    broker: BrokerSite
    backlog: Totals
    _numbers: "count[int]" = field(default_factory=count)

    async def ours(self) -> Figures:
        """Everything the worker does, its relay and jobs included; exact to the fen, or it fails."""
        await begin_anew(self.broker.bootstrap_servers, GROUP, INTERACTION_EVENTS)
        database = await self.site.clone(self.ground.ours)
        servers = {"postgres": self.site.postgres_pid, "kafka": self.broker.pid or 0}
        try:
            async with scoring_processes(self.site, database, self.broker.settings) as (status, worker, _):
                await self.site.settle()
                figures = await catch_up(worker, status.facts, self.backlog.count, servers)
                await status.require_totals(self.ground.totals + self.backlog)
        finally:
            await self.site.drop(database)
        return figures

    async def naive(self) -> Figures:
        database = await self.site.clone(self.ground.naive)
        arguments = [
            "benchmarks.reference.stream_worker",
            self.broker.bootstrap_servers,
            self.site.postgres.dsn(database),
            f"naive-{next(self._numbers)}",
            str(self.backlog.count),
            str(_NAIVE_SECONDS),
        ]
        await self.site.settle()
        try:
            return await self._reference("naive", arguments, _NAIVE_SECONDS + 60)
        finally:
            await self.site.drop(database)

    async def quix(self) -> Figures:
        number = next(self._numbers)
        folder: Path = self.site.folder / f"quix-{number}"
        events = min(self.backlog.count, _QUIX_EVENTS)
        arguments = ["benchmarks.reference.quix_worker", self.broker.bootstrap_servers, f"quix-{number}"]
        arguments += [str(events), str(_QUIX_SILENCE_SECONDS), str(folder)]
        return await self._reference("quixstreams", arguments, 300)

    async def _reference(self, name: str, arguments: list[str], seconds: float) -> Figures:
        process = BenchProcess(name, arguments, {}, self.site.log_file(name))
        async with process.running():
            pids = {"own": process.pid}
            async with accounted(pids, memory_of=["own"]) as account:
                result = await process.result(seconds)
        return {
            "per_second": result["events"] / result["seconds"],
            "peak_megabytes": account.peak_megabytes["own"],
        }


@dataclass
class Ceiling:
    """The worker's own statements, said again over and over by nobody but PostgreSQL's own speed."""

    site: Site
    ground: Ground
    recording: Recording
    events: int

    async def measure(self) -> Figures:
        database = await self.site.clone(self.ground.ours)
        await self.site.settle()
        try:
            async with accounted({"postgres": self.site.postgres_pid}) as account:
                seconds = await replay(self.recording, self.site.postgres.socket_dir, database)
        finally:
            await self.site.drop(database)
        return {"per_second": self.events / seconds, "postgres_cpu_us": account.cpu["postgres"] / self.events * 1e6}


async def record_ceiling(runs: Runs) -> Ceiling:
    """Takes down what the worker says over the first part of the backlog."""
    site, ground = runs.site, runs.ground
    await begin_anew(runs.broker.bootstrap_servers, GROUP, INTERACTION_EVENTS)
    database = await site.clone(ground.ours)
    before = ground.totals.count
    proxy = site.folder / f"wire-{database}"
    try:
        async with (
            recorded(site.postgres.socket_dir, proxy) as recording,
            scoring_processes(site, database, runs.broker.settings, database_url=_behind(site, proxy, database)) as (
                status,
                worker,
                _,
            ),
        ):
            async with worker.running():
                await status.await_facts(before + min(_RECORDED_EVENTS, runs.backlog.count))
            events = await status.facts() - before
    finally:
        await site.drop(database)
    return Ceiling(site, ground, recording.about(_MARKER), events)


def _behind(site: Site, proxy: Path, database: str) -> str:
    return site.postgres.dsn(database).replace(str(site.postgres.socket_dir), str(proxy))
