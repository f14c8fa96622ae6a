"""The cases: a full outbox, published to Kafka and to the embedded broker."""

from benchmarks.harness.cases import Case, Subject
from benchmarks.harness.run import Bench, Benchmark
from benchmarks.harness.site import open_broker
from benchmarks.ingest import doors
from benchmarks.ingest.doors import Traffic
from benchmarks.ingest.ground import prepare_known_customers
from benchmarks.load.http import closed_loop
from benchmarks.load.population import Population
from benchmarks.relay.subjects import AiokafkaRun, RelayRun, SqlRun, read_outbox
from shared.clock import wall_now

_FILLING_SECONDS = 300.0


async def carry_out(bench: Bench) -> None:
    rows = bench.size(200_000, 50_000)
    template = await _fill_outbox(bench, rows)
    records = await read_outbox(bench.site, template)
    sql = SqlRun(bench.site, template, rows)
    async with open_broker(bench.site, "kafka") as kafka:
        alone = AiokafkaRun(kafka, records)
        await bench.run(
            Case(
                "kafka",
                f"an outbox of {rows:,} rows, published, acknowledged and deleted",
                [
                    Subject("outbox relay", "ours", RelayRun(bench.site, kafka, template, rows).measure),
                    Subject("aiokafka send, the same bytes", "reference", alone.one_by_one),
                    Subject("aiokafka send_batch, the same bytes", "ceiling", alone.by_batches),
                    Subject("reading and deleting by SQL alone", "ceiling", sql.take),
                ],
            )
        )
    async with open_broker(bench.site, "embedded") as embedded:
        await bench.run(
            Case(
                "embedded",
                f"an outbox of {rows:,} rows, appended to the log in PostgreSQL and deleted",
                [
                    Subject("outbox relay", "ours", RelayRun(bench.site, embedded, template, rows).measure),
                    Subject("reading, appending, deleting by SQL alone", "ceiling", sql.take_and_append),
                ],
            )
        )


async def _fill_outbox(bench: Bench, rows: int) -> str:
    """The name of a database whose API has recorded so many purchases while no worker ran."""
    bench.progress.say("relay: filling the outbox")
    now = wall_now()
    population = Population(bench.size(100_000, 20_000))
    site, door = bench.site, doors.BATCH
    database = await prepare_known_customers(site, population, now)
    broker = {"broker_database_url": site.postgres.dsn(database)}
    async with site.service("interaction", "api", database, broker) as api:
        requests = door.requests(api.url, Traffic(population, now, 0).story(rows), site.headers())
        result = await closed_loop(api.url, requests, connections=2, seconds=_FILLING_SECONDS)
        result.require_success()
    return database


RELAY = Benchmark("relay", "the outbox relay on both brokers", carry_out)
