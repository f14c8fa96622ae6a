"""To a provider that honours our key each message goes exactly once, on both brokers, whatever is killed meanwhile."""

import asyncio
import json
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from deploy.local.gateway import GatewayFaults, accepted_in
from deploy.local.kafka import KafkaCluster
from deploy.local.postgres import PostgresServer
from shared.contracts.customer import ContactPoint, ProfileUpdated
from shared.contracts.envelope import Event
from shared.contracts.topics import ALL_TOPICS
from shared.db.migrate import upgrade
from shared.errors import Unavailable
from shared.messaging.broker import Broker, OutgoingRecord
from shared.messaging.codec import encode
from tests.e2e.loss.site import broker_of, broker_settings
from tests.support.eventually import eventually
from tests.support.factories.notification import profile_updated, purchase
from tests.support.gateway import SECRET, running_gateway
from tests.support.processes import ServiceProcess, service_environment
from tests.support.tokens import Tokens

CUSTOMERS_EACH_TIME = 20
WORKERS = 2

pytestmark = [pytest.mark.crash, pytest.mark.timeout(400), pytest.mark.xdist_group("loss")]


@dataclass
class Delivery:
    """Two workers that race for the same messages, and all that they stand on."""

    postgres: PostgresServer
    kafka: KafkaCluster | None
    workers: Sequence[ServiceProcess]

    @property
    def victims(self) -> list[str]:
        """One after the other, and at last nobody is left to take over."""
        broker = [] if self.kafka is None else ["kafka"]
        return ["worker 0", "database", "worker 1", *broker, "both workers"]

    async def kill(self, victim: str) -> None:
        match victim:
            case "database":
                await asyncio.to_thread(self.postgres.kill)
            case "kafka" if self.kafka is not None:
                await asyncio.to_thread(self.kafka.kill)
            case "both workers":
                for worker in self.workers:
                    worker.kill()
            case _:
                self.workers[int(victim[-1])].kill()

    async def bring_back(self) -> None:
        if not self.postgres.is_running():
            await asyncio.to_thread(self.postgres.start)
        if self.kafka is not None and not self.kafka.is_running():
            await asyncio.to_thread(self.kafka.start)
        for worker in self.workers:
            if not worker.is_running():
                worker.start()


async def test_killed_workers_database_and_broker_double_nothing_and_lose_nothing(
    kafka: KafkaCluster | None, own_postgres_server: PostgresServer, tmp_path: Path, tokens: Tokens
) -> None:
    """Answers of the provider are lost, too, and it goes away and comes back itself."""
    settings = await broker_settings(own_postgres_server, kafka)
    await own_postgres_server.ensure_database("notification")
    await asyncio.to_thread(upgrade, "notification", own_postgres_server.dsn("notification"))
    file = tmp_path / "gateway.jsonl"
    faults = GatewayFaults(lose_after=8, lose_before=4, delay_seconds=0.03)
    published = 0
    async with AsyncExitStack() as stack:
        gateway = await stack.enter_async_context(AsyncExitStack())
        running = await gateway.enter_async_context(running_gateway(tmp_path, faults=faults))
        environment = worker_environment(own_postgres_server, settings, tokens, providers_file(tmp_path, running.url))
        workers = [ServiceProcess("notification", "worker", environment, tmp_path) for _ in range(WORKERS)]
        delivery = Delivery(own_postgres_server, kafka, workers)
        for worker in workers:
            stack.enter_context(worker)
        broker = broker_of(settings)
        await broker.start()
        stack.push_async_callback(broker.stop)
        await eventually(partial(topics_exist, broker), seconds=60)
        for worker in workers:
            await worker.wait_ready(120)
        for victim in delivery.victims:
            await tell_purchases(broker, CUSTOMERS_EACH_TIME)
            published += CUSTOMERS_EACH_TIME
            await eventually(partial(taken, file, published - CUSTOMERS_EACH_TIME // 2), seconds=100)
            await delivery.kill(victim)
            await delivery.bring_back()
        await gateway.aclose()
        repeats = sum(running.gateway.requests.values()) - len(running.gateway.requests)
        async with running_gateway(tmp_path, port=int(running.url.split(":")[2].split("/")[0])):
            await tell_purchases(broker, CUSTOMERS_EACH_TIME)
            published += CUSTOMERS_EACH_TIME
            await eventually(partial(taken, file, published), seconds=100)
    keys = [one["id"] for one in accepted_in(file)]
    assert len(keys) == len(set(keys)) == published
    assert len({one["to"] for one in accepted_in(file)}) == published
    assert repeats > 0, "nothing was ever repeated, so nothing was proven"


def worker_environment(
    postgres: PostgresServer, broker: Mapping[str, str], tokens: Tokens, providers: Path
) -> Mapping[str, str]:
    environment = service_environment(
        "notification",
        database_dsn=postgres.dsn("notification"),
        tokens=tokens,
        broker=broker,
        providers_file=providers,
        smtp_timeout_seconds=0.25,
        delivery_lease_seconds=2.5,
        delivery_first_delay_seconds=0.1,
    )
    return {**environment, "TEST_GATEWAY_SECRET": SECRET}


def providers_file(folder: Path, url: str) -> Path:
    file = folder / "providers.json"
    document = {
        "providers": {"gateway": {"kind": "gateway", "url": url, "secret": "TEST_GATEWAY_SECRET"}},
        "channels": {"email": ["gateway"]},
    }
    file.write_text(json.dumps(document))
    return file


async def topics_exist(broker: Broker) -> bool:
    try:
        await broker.ensure_topics(ALL_TOPICS)
    except Unavailable:
        return False
    return True


async def tell_purchases(broker: Broker, customers: int) -> None:
    """New customers and a purchase of each, told again where nothing says that it was heard."""
    ids = [uuid4() for _ in range(customers)]
    events = [*[customer(one) for one in ids], *map(purchase, ids)]
    for event in events:
        headers, value = encode(event.envelope, event.data)
        record = OutgoingRecord(event.data.topic, str(event.customer_id).encode(), value, headers)
        await eventually(partial(publish, broker, record), seconds=60)


def customer(customer_id: UUID) -> Event[ProfileUpdated]:
    address = ContactPoint(kind="email", address=f"{customer_id}@example.org")
    return profile_updated(customer_id, contact_points=(address,))


async def publish(broker: Broker, record: OutgoingRecord) -> bool:
    try:
        await broker.publish([record])
    except Unavailable:
        return False
    return True


async def taken(file: Path, wanted: int) -> bool:
    return len(accepted_in(file)) >= wanted
