"""A throw-away place to measure in: a durable PostgreSQL, a broker, keys for tokens, databases to be cloned."""

import asyncio
import json
import re
import tempfile
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from types import MappingProxyType
from typing import Any

from benchmarks.harness.processes import HttpProcess, free_port
from deploy.local.issuer import AUDIENCE, LocalIssuer
from deploy.local.kafka import KafkaCluster, fetch_jars
from deploy.local.postgres import PostgresServer
from deploy.local.stack import BrokerKind
from shared.contracts.topics import ALL_TOPICS
from shared.db.migrate import upgrade
from shared.messaging.broker import Broker
from shared.messaging.embedded import EmbeddedBroker
from shared.messaging.kafka import KafkaBroker, KafkaSettings

_ISSUER = "https://issuer.benchmark"


@dataclass
class Site:
    """Where everything is; whatever is made here disappears with the folder."""

    folder: Path
    postgres: PostgresServer
    issuer: LocalIssuer
    _databases: "count[int]" = field(default_factory=count)
    _logs: "count[int]" = field(default_factory=count)

    @property
    def postgres_pid(self) -> int:
        return int((self.postgres.data_dir / "postmaster.pid").read_text().split(maxsplit=1)[0])

    def headers(self) -> dict[str, str]:
        """Of a client that may do everything; its subject is `shop`."""
        return {"Authorization": f"Bearer {self.issuer.mint(subject='shop', minutes=600)}"}

    async def migrated(self, service: str) -> str:
        """The name of a fresh database with the schema of `service`."""
        name = f"{service}_{next(self._databases)}"
        await self.postgres.ensure_database(name)
        await asyncio.to_thread(upgrade, service, self.postgres.dsn(name))
        return name

    async def clone(self, template: str) -> str:
        """The name of a fresh copy, which nobody may be connected to while it is made."""
        name = f"{template}_{next(self._databases)}"
        await self.administer(f'CREATE DATABASE "{name}" TEMPLATE "{template}" STRATEGY = FILE_COPY')
        return name

    async def drop(self, database: str) -> None:
        await self.administer(f'DROP DATABASE IF EXISTS "{database}" WITH (FORCE)')

    async def settle(self) -> None:
        """Writes down what earlier runs left in memory, so that the next one does not pay for it."""
        await self.administer("CHECKPOINT")

    async def date_commits(self) -> None:
        """Lets PostgreSQL remember when each transaction was committed; for that it starts anew."""
        await self.administer("ALTER SYSTEM SET track_commit_timestamp = on")
        await asyncio.to_thread(self.postgres.stop)
        await asyncio.to_thread(self.postgres.start)

    async def administer(self, statement: str) -> None:
        connection = await self.postgres.connect("postgres")
        try:
            await connection.execute(statement)
        finally:
            await connection.close()

    def service(
        self,
        service: str,
        role: str,
        database: str,
        broker: Mapping[str, str],
        *,
        secrets: Mapping[str, str] = MappingProxyType({}),
        **settings: Any,
    ) -> HttpProcess:
        """`python -m services.SERVICE ROLE` over a database and a broker, not started yet; `secrets` are variables that
        its configuration names."""
        port = free_port()
        own = {"database_url": self.postgres.dsn(database)} | settings
        own["ops_port" if role == "worker" else "port"] = port
        common = {
            "jwt_issuer": _ISSUER,
            "jwt_audience": AUDIENCE,
            "jwks_file": self.folder / "jwks.json",
            "log_level": "WARNING",
            **broker,
        }
        environment = dict(secrets)
        environment |= {f"RAPPORT_{name.upper()}": str(value) for name, value in common.items()}
        environment |= {f"RAPPORT_{service.upper()}_{name.upper()}": str(value) for name, value in own.items()}
        return HttpProcess(
            f"{service} {role}",
            [f"services.{service}", role],
            environment,
            self.log_file(f"{service}-{role}"),
            port=port,
        )

    def log_file(self, name: str) -> Path:
        return self.folder / f"{name}-{next(self._logs)}.log"


@asynccontextmanager
async def open_site() -> AsyncIterator[Site]:
    """PostgreSQL as it is delivered: fsync, synchronous_commit and full_page_writes on."""
    with tempfile.TemporaryDirectory(prefix="rapport-benchmark-") as temporary:
        folder = Path(temporary)
        issuer = LocalIssuer(folder / "issuer", _ISSUER)
        (folder / "jwks.json").write_text(json.dumps(issuer.keys()))
        postgres = PostgresServer(folder / "pg")
        await asyncio.to_thread(postgres.start)
        try:
            yield Site(folder, postgres, issuer)
        finally:
            await asyncio.to_thread(postgres.stop)


@dataclass(frozen=True, slots=True)
class BrokerSite:
    """A running broker with all topics: `settings` for services, `client` for the benchmark itself."""

    kind: BrokerKind
    settings: dict[str, str]
    client: Broker
    pid: int | None
    """Of Kafka's process; the embedded broker's work is PostgreSQL's."""

    @property
    def bootstrap_servers(self) -> str:
        return self.settings["kafka_bootstrap_servers"]


@asynccontextmanager
async def open_broker(site: Site, kind: BrokerKind) -> AsyncIterator[BrokerSite]:
    """A broker of its own for the block; empty, whatever was published to others before."""
    async with AsyncExitStack() as stack:
        client: Broker
        if kind == "kafka":
            cluster = KafkaCluster(site.folder / f"kafka-{free_port()}")
            stack.push_async_callback(asyncio.to_thread, cluster.stop)
            await asyncio.to_thread(cluster.start)
            settings = {"kafka_bootstrap_servers": cluster.bootstrap_servers}
            client = KafkaBroker(KafkaSettings(cluster.bootstrap_servers))
            pid = cluster.nodes[0].pid
        else:
            database = f"broker_{free_port()}"
            await site.postgres.ensure_database(database)
            stack.push_async_callback(site.drop, database)
            settings = {"broker_database_url": site.postgres.dsn(database)}
            client = EmbeddedBroker(site.postgres.dsn(database))
            pid = None
        await client.start()
        stack.push_async_callback(client.stop)
        await client.ensure_topics(ALL_TOPICS)
        yield BrokerSite(kind, settings, client, pid)


def kafka_version() -> str:
    """Of the jars that a Kafka is started from. Raises KafkaMissing where there can be none."""
    names = [jar.name for jar in fetch_jars().glob("kafka-clients-*.jar")]
    found = re.search(r"kafka-clients-(.+)\.jar", names[0]) if names else None
    return found.group(1) if found else "unknown"
