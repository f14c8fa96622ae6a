"""The case: one worker rebuilds everybody beside what is in use, and what reading and folding alone would take."""

from dataclasses import dataclass
from datetime import datetime

from benchmarks.harness.accounting import accounted
from benchmarks.harness.cases import Case, Figures, Subject
from benchmarks.harness.processes import BenchProcess, ProcessFailed
from benchmarks.harness.run import Bench, Benchmark
from benchmarks.harness.site import BrokerSite, Site, open_broker
from benchmarks.replay.filling import fill
from benchmarks.scoring.ground import scoring_processes
from shared.clock import wall_now

_REPLAY = {"reason": "a benchmark"}
_MOST_SECONDS = 1_800.0


@dataclass(frozen=True, slots=True)
class ReplayRun:
    site: Site
    database: str
    broker: BrokerSite
    customers: int

    async def measure(self) -> Figures:
        """Until everybody is rebuilt and held against the row in use; then it is let go."""
        async with scoring_processes(self.site, self.database, self.broker.settings) as (status, worker, _), worker:
            await status.await_answer("/v1/policies", lambda it: bool(it["items"]))
            await self.site.settle()
            async with accounted({"own": worker.pid, "postgres": self.site.postgres_pid}, memory_of=["own"]) as account:
                address = f"/v1/replays/{(await status.post('/v1/replays', _REPLAY))['replay_id']}"
                await status.await_answer(address, lambda it: it["state"] == "ready", seconds=_MOST_SECONDS)
            found = await status.get(address)
            await status.post(f"{address}/discard", {})
        if found["equal"] != self.customers:
            raise ProcessFailed(f"{found['equal']} of {self.customers} are equal: {found['differences']}")
        # From its first portion on: an idle worker looks for a replay every few seconds alone.
        began, ended = (datetime.fromisoformat(found[name]) for name in ("started_at", "rebuilt_at"))
        seconds = (ended - began).total_seconds()
        return _figures(self.customers, seconds, account.cpu, account.peak_megabytes["own"])


@dataclass(frozen=True, slots=True)
class FoldRun:
    site: Site
    database: str
    customers: int

    async def measure(self) -> Figures:
        await self.site.settle()
        arguments = ["benchmarks.replay.fold", self.site.postgres.dsn(self.database)]
        process = BenchProcess("plain fold", arguments, {}, self.site.log_file("fold"))
        pids = {"postgres": self.site.postgres_pid}
        async with process.running(), accounted({"own": process.pid, **pids}, memory_of=["own"]) as account:
            # The process has ended by the time its account is closed: what it cost it tells itself.
            found = await process.result(_MOST_SECONDS)
        if found["customers"] != self.customers:
            raise ProcessFailed(f"{found['customers']} of {self.customers} were folded")
        cpu = account.cpu | {"own": found["cpu_seconds"]}
        return _figures(self.customers, found["seconds"], cpu, account.peak_megabytes["own"])


def _figures(customers: int, seconds: float, cpu: dict[str, float], megabytes: float) -> Figures:
    return {
        "per_second": customers / seconds,
        "seconds": seconds,
        "peak_megabytes": megabytes,
        "own_cpu_us": cpu["own"] / customers * 1e6,
        "postgres_cpu_us": cpu["postgres"] / customers * 1e6,
    }


async def carry_out(bench: Bench) -> None:
    customers = bench.size(200_000, 10_000)
    bench.progress.say(f"replay: {customers:,} customers are given facts")
    database = await bench.site.migrated("scoring")
    facts = await fill(bench.site, database, customers, wall_now())
    async with open_broker(bench.site, "embedded") as broker:
        ours = ReplayRun(bench.site, database, broker, customers)
        plain = FoldRun(bench.site, database, customers)
        await bench.run(
            Case(
                "rebuild",
                f"{customers:,} customers with {facts:,} facts, held against the rows in use, all equal",
                [
                    Subject("one worker", "ours", ours.measure),
                    Subject("one SELECT, folded and kept nowhere", "ceiling", plain.measure),
                ],
            )
        )


REPLAY = Benchmark("replay", "everybody rebuilt from two million facts", carry_out)
