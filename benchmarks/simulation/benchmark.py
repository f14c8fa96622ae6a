"""The case: one worker tries a draft on everybody, which reads each customer and scores them twice."""

import time
from dataclasses import dataclass

from benchmarks.harness.accounting import accounted
from benchmarks.harness.cases import Case, Figures, Subject
from benchmarks.harness.run import Bench, Benchmark
from benchmarks.harness.site import BrokerSite, Site, open_broker
from benchmarks.scoring.ground import scoring_processes
from benchmarks.simulation.filling import fill
from shared.clock import wall_now

_DRAFT = {"patch": {"satisfaction": {"baseline": 50}}, "reason": "a benchmark"}
_MOST_SECONDS = 1_800.0


@dataclass(frozen=True, slots=True)
class SimulationRun:
    site: Site
    database: str
    broker: BrokerSite
    customers: int

    async def measure(self) -> Figures:
        async with scoring_processes(self.site, self.database, self.broker.settings) as (status, worker, _), worker:
            await status.await_answer("/v1/policies", lambda it: bool(it["items"]))
            version = (await status.post("/v1/policies", _DRAFT))["version"]
            await self.site.settle()
            async with accounted({"own": worker.pid, "postgres": self.site.postgres_pid}, memory_of=["own"]) as account:
                began = time.perf_counter()
                asked = await status.post(f"/v1/policies/{version}/simulations", {})
                address = f"/v1/simulations/{asked['simulation_id']}"
                await status.await_answer(address, lambda it: it["state"] == "done", seconds=_MOST_SECONDS)
                seconds = time.perf_counter() - began
        return {
            "per_second": self.customers / seconds,
            "seconds": seconds,
            "peak_megabytes": account.peak_megabytes["own"],
            "own_cpu_us": account.cpu["own"] / self.customers * 1e6,
            "postgres_cpu_us": account.cpu["postgres"] / self.customers * 1e6,
        }


async def carry_out(bench: Bench) -> None:
    customers = bench.size(1_000_000, 50_000)
    bench.progress.say(f"simulation: {customers:,} customers with statistics")
    database = await bench.site.migrated("scoring")
    await fill(bench.site, database, customers, wall_now())
    async with open_broker(bench.site, "embedded") as broker:
        run = SimulationRun(bench.site, database, broker, customers)
        await bench.run(
            Case(
                "draft",
                f"{customers:,} customers, of whom everybody's satisfaction and many a level change",
                [Subject("one worker", "ours", run.measure)],
            )
        )


SIMULATION = Benchmark("simulation", "a draft tried on a million customers", carry_out)
