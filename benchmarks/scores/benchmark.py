"""The case: the same customers scored in bulk, singly, and singly with all that a person who asks is shown."""

from dataclasses import dataclass

from benchmarks.harness.accounting import accounted
from benchmarks.harness.cases import Case, Figures, Subject
from benchmarks.harness.processes import BenchProcess
from benchmarks.harness.run import Bench, Benchmark
from benchmarks.harness.site import Site
from benchmarks.scores.score import SUBJECTS

_MOST_SECONDS = 600.0


@dataclass(frozen=True, slots=True)
class ScoreRun:
    site: Site
    customers: int
    subject: str
    seconds: int

    async def measure(self) -> Figures:
        arguments = ["benchmarks.scores.score", str(self.customers), self.subject, str(self.seconds)]
        process = BenchProcess(f"score {self.subject}", arguments, {}, self.site.log_file("score"))
        async with process.running(), accounted({"own": process.pid}, memory_of=["own"]) as account:
            found = await process.result(_MOST_SECONDS)
        return {**found, "peak_megabytes": account.peak_megabytes["own"]}


async def carry_out(bench: Bench) -> None:
    customers, seconds = bench.size(10_000, 5_000), bench.size(5, 3)
    await bench.run(
        Case(
            "score",
            f"{customers:,} customers with statistics, on one core, without a database; latencies are of a call",
            [Subject(name, "ours", ScoreRun(bench.site, customers, name, seconds).measure) for name in SUBJECTS],
        )
    )


SCORES = Benchmark("scores", "customers scored a second, singly and in bulk", carry_out)
