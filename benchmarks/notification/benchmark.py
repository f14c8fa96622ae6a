"""The cases: care planned, care delivered, greetings planned."""

from benchmarks.harness.cases import Case, Subject
from benchmarks.harness.run import Bench, Benchmark
from benchmarks.harness.site import BrokerSite, open_broker
from benchmarks.load.happenings import Story
from benchmarks.load.population import Population
from benchmarks.notification.care import CONNECTIONS, CareRun, HttpAlone, SmtpAlone, prepare_audience
from benchmarks.notification.occasions import open_occasions
from benchmarks.scoring.ground import CHUNK, publish_happenings
from shared.clock import wall_now

_MINUTE_OF_A_DAY = 1 / 1440


async def carry_out(bench: Bench) -> None:
    if any(map(bench.wants, ("care", "delivery", "gateway"))):
        bench.progress.say("notification: letting it learn its audience")
        population = Population(bench.size(20_000, 5_000))
        template = await prepare_audience(bench.site, population, wall_now())
        await _care(bench, population, template)
    if bench.wants("occasions"):
        await _occasions(bench)


async def _care(bench: Bench, population: Population, template: str) -> None:
    events, mails = bench.size(50_000, 10_000), bench.size(10_000, 2_000)
    async with open_broker(bench.site, "kafka") as broker:
        await _publish(broker, population, events)
        run = CareRun(bench.site, broker, template, events)
        await bench.run(
            Case(
                "care",
                f"a backlog of {events:,} purchases, a mail of thanks planned for each",
                [Subject("notification worker", "ours", run.planned)],
            )
        )
    async with open_broker(bench.site, "kafka") as broker:
        await _publish(broker, population, mails)
        run = CareRun(bench.site, broker, template, mails)
        await bench.run(
            Case(
                "delivery",
                f"a backlog of {mails:,} purchases, thanks planned and delivered over {CONNECTIONS} connections",
                [
                    Subject("notification worker", "ours", run.delivered),
                    Subject("aiosmtplib alone", "ceiling", SmtpAlone(bench.site, mails).measure),
                ],
            )
        )
        await bench.run(
            Case(
                "gateway",
                f"the same, handed over to a provider by HTTP, {CONNECTIONS} at a time",
                [
                    Subject("notification worker", "ours", run.handed_over),
                    Subject("httpx alone", "ceiling", HttpAlone(bench.site, mails).measure),
                ],
            )
        )


async def _publish(broker: BrokerSite, population: Population, events: int) -> None:
    now = wall_now()
    story = Story(population=population, count=events, seed=9, until=now, days=_MINUTE_OF_A_DAY, only="purchase")
    await publish_happenings(broker.client, story.told(CHUNK), now)


async def _occasions(bench: Bench) -> None:
    customers = bench.size(5_000, 1_000)
    bench.progress.say("notification: starting a platform with its own clock")
    async with open_occasions(bench.site, customers, bench.order.rounds) as run:
        await bench.run(
            Case(
                "occasions",
                f"a day on which {customers:,} customers have their birthday, planned from the moment it is due",
                [Subject("notification worker", "ours", run.measure)],
            )
        )


NOTIFICATION = Benchmark("notification", "care and greetings planned, mails delivered", carry_out)
