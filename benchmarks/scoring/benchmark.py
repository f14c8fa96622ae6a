"""The cases: customers who all matter the same, and a few who matter most."""

from benchmarks.harness.cases import Case, Subject
from benchmarks.harness.run import Bench, Benchmark
from benchmarks.harness.site import open_broker
from benchmarks.load.happenings import Story
from benchmarks.load.population import Distribution
from benchmarks.scoring.ground import CHUNK, Ground, prepare_ground, publish_happenings
from benchmarks.scoring.subjects import Runs, record_ceiling
from shared.clock import wall_now
from shared.contracts.topics import TopicSpec

NAIVE_SCORES = TopicSpec("naive.scores", "What the naive worker publishes.")
_RECENT_DAYS = 30.0
_SEEDS: dict[Distribution, int] = {"uniform": 2, "zipf": 3}


async def carry_out(bench: Bench) -> None:
    bench.progress.say("scoring: customers with a history, a model, a portfolio")
    ground = await prepare_ground(bench.site, bench.size(100_000, 20_000), wall_now())
    for distribution in filter(bench.wants, _SEEDS):
        await _measure(bench, ground, distribution)


async def _measure(bench: Bench, ground: Ground, distribution: Distribution) -> None:
    story = Story(
        population=ground.population,
        count=bench.size(1_000_000, 100_000),
        seed=_SEEDS[distribution],
        until=ground.until,
        days=_RECENT_DAYS,
        distribution=distribution,
    )
    async with open_broker(bench.site, "kafka") as broker:
        await broker.client.ensure_topics([NAIVE_SCORES])
        bench.progress.say(f"scoring: publishing a backlog of {story.count:,} events, {distribution}")
        backlog = await publish_happenings(broker.client, story.told(CHUNK), ground.until)
        runs = Runs(bench.site, ground, broker, backlog)
        bench.progress.say(f"scoring: taking down the worker's SQL, {distribution}")
        ceiling = await record_ceiling(runs)
        await bench.run(
            Case(
                distribution,
                f"{story.count:,} events of {len(ground.population.ids):,} customers on Kafka",
                [
                    Subject("scoring worker", "ours", runs.ours),
                    Subject("FastStream + SQLModel", "reference", runs.naive),
                    Subject("quixstreams", "reference", runs.quix),
                    Subject("its SQL alone", "ceiling", ceiling.measure),
                ],
            )
        )


SCORING = Benchmark("scoring", "the scoring worker catching up a backlog", carry_out)
