"""The case: each model fitted by itself to the same customers, in a process of its own."""

import asyncio
from dataclasses import dataclass
from pathlib import Path

from benchmarks.harness.accounting import accounted
from benchmarks.harness.cases import Case, Figures, Subject
from benchmarks.harness.processes import BenchProcess
from benchmarks.harness.run import Bench, Benchmark
from benchmarks.harness.site import Site
from benchmarks.lifetime.customers import simulate_histories
from benchmarks.lifetime.fit import MODELS, write_histories

_SEED = 5
_MOST_SECONDS = 1_800.0


@dataclass(frozen=True, slots=True)
class FitRun:
    site: Site
    histories: Path
    model: str

    async def measure(self) -> Figures:
        arguments = ["benchmarks.lifetime.fit", str(self.histories), self.model]
        process = BenchProcess(f"fit {self.model}", arguments, {}, self.site.log_file("fit"))
        async with process.running(), accounted({"own": process.pid}, memory_of=["own"]) as account:
            found = await process.result(_MOST_SECONDS)
        return {"seconds": found["seconds"], "peak_megabytes": account.peak_megabytes["own"]}


async def carry_out(bench: Bench) -> None:
    customers = bench.size(1_000_000, 100_000)
    bench.progress.say(f"lifetime: {customers:,} customers buy and leave")
    purchases, spend = await asyncio.to_thread(simulate_histories, customers, _SEED)
    path = bench.site.folder / "histories.npz"
    write_histories(path, purchases, spend)
    bench.notes["distinct histories"] = f"{purchases.x.size:,} of purchases, {spend.x.size:,} of spend"
    await bench.run(
        Case(
            "fit",
            f"{customers:,} customers with {purchases.x.size:,} distinct histories over two years, read already",
            [Subject(name, "ours", FitRun(bench.site, path, name).measure) for name in MODELS],
            compared="seconds",
        )
    )


LIFETIME = Benchmark("lifetime", "fitting each model to a million customers", carry_out)
