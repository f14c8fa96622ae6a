"""The platform in parts that can be killed one by one; what has ended is started again, as an orchestrator would."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from deploy.local.kafka import KafkaCluster
from deploy.local.mailbox import Mailbox
from deploy.local.postgres import PostgresServer
from shared.db.migrate import upgrade
from shared.messaging.broker import Broker
from shared.messaging.embedded import EmbeddedBroker
from shared.messaging.kafka import KafkaBroker, KafkaSettings
from tests.support.processes import ServiceProcess, service_environment
from tests.support.tokens import Tokens

SERVICES = ("customer", "interaction", "scoring", "notification")
MAIL_DOMAIN = "loss.example"
SMTP_TIMEOUT_SECONDS = 1.0
"""Short, and with it the lease of a claimed message: a sender that died is taken over within seconds."""


@dataclass
class Site:
    postgres: PostgresServer
    kafka: KafkaCluster | None
    mailbox: Mailbox
    tokens: Tokens
    broker: Mapping[str, str]
    processes: dict[str, ServiceProcess] = field(default_factory=dict)

    def url(self, service: str) -> str:
        return self.processes[f"{service} api"].url

    @property
    def victims(self) -> list[str]:
        return [*self.processes, "database", *(["kafka"] if self.kafka is not None else [])]

    async def kill(self, victim: str) -> None:
        if victim == "database":
            await asyncio.to_thread(self.postgres.kill)
        elif victim == "kafka" and self.kafka is not None:
            await asyncio.to_thread(self.kafka.kill)
        else:
            self.processes[victim].kill()

    async def bring_back(self) -> None:
        """Starts whatever does not run, in any order: a part that finds its neighbours away ends and comes again."""
        if not self.postgres.is_running():
            await asyncio.to_thread(self.postgres.start)
        if self.kafka is not None and not self.kafka.is_running():
            await asyncio.to_thread(self.kafka.start)
        for process in self.processes.values():
            if not process.is_running():
                process.start()

    async def wait_ready(self) -> None:
        for process in self.processes.values():
            await process.wait_ready(120)


@asynccontextmanager
async def open_site(folder: Path, kafka: KafkaCluster | None, tokens: Tokens) -> AsyncIterator[Site]:
    """Every service in processes of its own, over one durable PostgreSQL and the broker asked for."""
    postgres = PostgresServer(folder / "pg", durable=True)
    await asyncio.to_thread(postgres.start)
    mailbox = Mailbox(folder / "mailbox")
    try:
        async with mailbox.serving():
            site = Site(postgres, kafka, mailbox, tokens, await broker_settings(postgres, kafka))
            try:
                await _install(site, folder)
                yield site
            finally:
                for process in site.processes.values():
                    process.kill()
    finally:
        await asyncio.to_thread(postgres.stop)


async def broker_settings(postgres: PostgresServer, kafka: KafkaCluster | None) -> Mapping[str, str]:
    """Of Kafka, or of an embedded broker in a database of `postgres`."""
    if kafka is not None:
        return {"kafka_bootstrap_servers": kafka.bootstrap_servers}
    await postgres.ensure_database("broker")
    return {"broker_database_url": postgres.dsn("broker")}


def broker_of(settings: Mapping[str, str]) -> Broker:
    """A client of the test's own."""
    if "kafka_bootstrap_servers" in settings:
        return KafkaBroker(KafkaSettings(bootstrap_servers=settings["kafka_bootstrap_servers"]))
    return EmbeddedBroker(settings["broker_database_url"])


async def _install(site: Site, folder: Path) -> None:
    for service in SERVICES:
        await site.postgres.ensure_database(service)
        await asyncio.to_thread(upgrade, service, site.postgres.dsn(service))
        own: dict[str, object] = {}
        if service == "notification":
            own = {
                "smtp_host": site.mailbox.host,
                "smtp_port": site.mailbox.port,
                "smtp_timeout_seconds": SMTP_TIMEOUT_SECONDS,
                "delivery_lease_seconds": 9 * SMTP_TIMEOUT_SECONDS,
                "delivery_max_resends": 20,
            }
        environment = service_environment(
            service, database_dsn=site.postgres.dsn(service), tokens=site.tokens, broker=site.broker, **own
        )
        roles: tuple[Literal["api", "worker"], ...] = ("api", "worker")
        for role in roles:
            site.processes[f"{service} {role}"] = ServiceProcess(service, role, environment, folder).start()
    await site.wait_ready()
