"""The cases: what is sustained, and how quickly it goes at modest rates, on either broker."""

from collections.abc import Sequence

from benchmarks.chain.latency import LatencyRun
from benchmarks.chain.platform import open_chain
from benchmarks.chain.sustained import SustainedRun
from benchmarks.harness.cases import Case, Figures, Subject
from benchmarks.harness.run import Bench, Benchmark
from deploy.local.stack import BrokerKind
from shared.clock import wall_now

_BROKERS: Sequence[BrokerKind] = ("kafka", "embedded")
_RATES = (100, 500, 2_000)


async def carry_out(bench: Bench) -> None:
    await bench.site.date_commits()
    for kind in _BROKERS:
        if not any(map(bench.wants, (_sustained(kind), *(_latency(kind, rate) for rate in _RATES)))):
            continue
        bench.progress.say(f"chain: starting the platform on {kind}")
        async with open_chain(bench.site, kind, bench.size(20_000, 5_000), wall_now()) as chain:
            for rate in _RATES:
                await _measure_latency(bench, kind, rate, LatencyRun(chain, rate, bench.size(15, 6)))
            sustained = SustainedRun(chain, bench.size(15, 6))
            await bench.run(
                Case(
                    _sustained(kind),
                    "the highest rate at which scores follow within a second, requests of 100 at an even rate",
                    [Subject("the platform", "ours", sustained.measure)],
                )
            )


def _sustained(kind: BrokerKind) -> str:
    return f"sustained, {kind}"


def _latency(kind: BrokerKind, rate: int) -> str:
    return f"latency at {rate}/s, {kind}"


async def _measure_latency(bench: Bench, kind: BrokerKind, rate: int, run: LatencyRun) -> None:
    """One run gives both figures: the one that is asked for second takes what the first one left."""
    left: list[Figures] = []

    async def to_score() -> Figures:
        scored, delivered = await run.measure()
        left.append(delivered)
        return scored

    async def to_message() -> Figures:
        return left.pop()

    await bench.run(
        Case(
            _latency(kind, rate),
            "from the commit at the door; single requests at an even rate",
            [Subject("to the score", "ours", to_score), Subject("to the message", "ours", to_message)],
            compared="p50_ms",
        )
    )


CHAIN = Benchmark("chain", "the whole chain on both brokers: sustained rate and latencies", carry_out)
