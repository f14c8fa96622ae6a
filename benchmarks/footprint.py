"""What the platform costs while it has nothing to do: time to start, CPU and memory, in one process and in many."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.chain.platform import open_chain
from benchmarks.harness.accounting import cpu_seconds, megabytes
from benchmarks.harness.cases import Case, Figures, Subject
from benchmarks.harness.processes import BenchProcess
from benchmarks.harness.run import Bench, Benchmark
from benchmarks.harness.site import Site
from deploy.local.stack import BrokerKind
from shared.clock import wall_now

_BROKERS: Sequence[BrokerKind] = ("embedded", "kafka")
_MOST_SECONDS = 300.0
_FEW_CUSTOMERS = 100


@dataclass(frozen=True, slots=True)
class TogetherRun:
    """`python -m services`: everything in one process, over PostgreSQL and the broker as processes of their own."""

    site: Site
    kind: BrokerKind
    seconds: int

    async def measure(self) -> Figures:
        arguments = ["deploy.local.footprint", "--broker", self.kind, "--idle-seconds", str(self.seconds)]
        process = BenchProcess("footprint", arguments, {}, self.site.log_file("footprint"))
        async with process.running():
            found = await process.result(_MOST_SECONDS)
        return {
            "seconds": found["start_again_seconds"],
            "cpu_seconds": found["first_start_cpu_seconds"],
            "idle_cpu_percent": found["idle_cpu_percent_of_a_core"],
            "megabytes": found["memory_megabytes"],
        }


@dataclass(frozen=True, slots=True)
class ApartRun:
    """Each of the three services of the chain as an API and a worker, which have been running for a while."""

    pids: dict[str, int]
    seconds: int

    async def measure(self) -> Figures:
        before = self._cpu()
        await asyncio.sleep(self.seconds)
        spent = self._cpu() - before
        return {
            "idle_cpu_percent": spent / self.seconds * 100,
            "megabytes": sum(megabytes(pid) for pid in self.pids.values()),
        }

    def _cpu(self) -> float:
        return sum(cpu_seconds(pid) for pid in self.pids.values())


async def carry_out(bench: Bench) -> None:
    seconds = bench.size(30, 10)
    for kind in _BROKERS:
        await bench.run(
            Case(
                f"one process, {kind}",
                f"the four services idle for {seconds} s; time is that of starting again, CPU that of the first start",
                [Subject("python -m services", "ours", TogetherRun(bench.site, kind, seconds).measure)],
                compared="idle_cpu_percent",
            )
        )
        name = f"separate processes, {kind}"
        if bench.wants(name):
            bench.progress.say(f"footprint: starting {name}")
            async with open_chain(bench.site, kind, _FEW_CUSTOMERS, wall_now()) as chain:
                await bench.run(
                    Case(
                        name,
                        f"API and worker of three services, idle for {seconds} s",
                        [Subject("six processes and their servers", "ours", ApartRun(chain.pids, seconds).measure)],
                        compared="idle_cpu_percent",
                    )
                )


FOOTPRINT = Benchmark("footprint", "start time, idle CPU and memory", carry_out)
