"""A broker that the behaviour suite runs against, with the powers a test needs: a server to stop, members to freeze."""

import asyncio
import json
import uuid
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Protocol

from deploy.local.kafka import KafkaCluster
from shared.contracts.topics import TopicSpec
from shared.messaging.broker import Broker, OutgoingRecord, Record, Subscription
from tests.contract.broker_suite.frozen_member import MemberProcess
from tests.support.postgres import DatabaseFactory


class Server(Protocol):
    """The process behind the broker; all of these block, and data survives."""

    def start(self) -> None: ...

    def stop(self) -> None: ...

    def kill(self) -> None: ...


@dataclass
class BrokerSite:
    """Opens brokers on one server, and closes what a test left open.

    `connection` is what a member process needs; `server` is there where a test may stop it.
    """

    kind: str
    connection: dict[str, Any]
    server: Server | None = None
    _open: AsyncExitStack = field(default_factory=AsyncExitStack)

    async def open(self) -> Broker:
        """A started broker, as another process would have it: no state shared with those opened before."""
        broker = open_broker(self.kind, self.connection)
        await broker.start()
        self._open.push_async_callback(broker.stop)
        return broker

    async def open_with_topic(self, partitions: int = 3, **spec: Any) -> tuple[Broker, str]:
        broker = await self.open()
        return broker, await self.add_topic(broker, partitions, **spec)

    async def add_topic(self, broker: Broker, partitions: int = 3, **spec: Any) -> str:
        """A topic that no other test knows."""
        topic = f"suite.{uuid.uuid4().hex[:12]}"
        await broker.ensure_topics([TopicSpec(topic, "a test's own", partitions=partitions, **spec)])
        return topic

    async def start_member(self, group: str, topic: str) -> MemberProcess:
        """A member in a process of its own, which can be frozen so that its heartbeats stop without a word."""
        member = await MemberProcess.start(json.dumps([self.kind, self.connection, group, topic]))
        self._open.push_async_callback(member.kill)
        return member

    async def stop_server(self) -> None:
        assert self.server is not None
        await asyncio.to_thread(self.server.stop)

    async def kill_server(self) -> None:
        assert self.server is not None
        await asyncio.to_thread(self.server.kill)

    async def start_server(self) -> None:
        assert self.server is not None
        await asyncio.to_thread(self.server.start)

    async def __aenter__(self) -> "BrokerSite":
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._open.aclose()


def open_broker(kind: str, connection: dict[str, Any]) -> Broker:
    """Not started yet. Sessions are short, so that a frozen member is found dead within a test's patience."""
    if kind == "embedded":
        from shared.messaging.embedded import EmbeddedBroker

        return EmbeddedBroker(connection["dsn"], session_timeout_seconds=3.0, heartbeat_seconds=0.3)
    from shared.messaging.kafka import KafkaBroker, KafkaSettings

    return KafkaBroker(
        KafkaSettings(
            connection["bootstrap_servers"],
            session_seconds=3.0,
            delivery_seconds=5.0,
            probe_seconds=1.0,
            metadata_seconds=2.0,
        )
    )


async def embedded_site(databases: DatabaseFactory, server: Server | None = None) -> BrokerSite:
    return BrokerSite("embedded", {"dsn": await databases(None)}, server)


def kafka_site(cluster: KafkaCluster) -> BrokerSite:
    return BrokerSite("kafka", {"bootstrap_servers": cluster.bootstrap_servers}, cluster)


def records(topic: str, *values: str, key: str = "k") -> list[OutgoingRecord]:
    return [OutgoingRecord(topic, key.encode(), value.encode()) for value in values]


def values(found: Sequence[Record]) -> list[str]:
    return [(record.value or b"").decode() for record in found]


async def collect(subscription: Subscription, count: int, *, seconds: float = 20, commit: bool = False) -> list[Record]:
    """Fetches until `count` records came; fails with what did come when that takes longer than `seconds`."""
    found: list[Record] = []
    try:
        async with asyncio.timeout(seconds):
            while len(found) < count:
                batch = await subscription.fetch(1000, 1.0)
                found.extend(batch)
                if commit and batch:
                    await subscription.commit({record.topic_partition: record.offset + 1 for record in batch})
    except TimeoutError:
        raise AssertionError(f"{len(found)} of {count} records in {seconds} s: {values(found)[:20]}") from None
    return found


async def nothing_comes(subscription: Subscription, seconds: float = 1.0) -> bool:
    return not await subscription.fetch(1000, seconds)
