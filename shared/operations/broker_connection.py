"""The worker's connection to its broker: made when the broker is there, and waited for while it is not."""

import asyncio
from collections.abc import Sequence

import structlog

from shared.contracts.topics import TopicSpec
from shared.errors import Unavailable
from shared.messaging.broker import Broker
from shared.runtime import Component
from shared.waiting import happened

log = structlog.get_logger(__name__)

LONGEST_WAIT_SECONDS = 15.0


class BrokerConnection:
    """A component, the first of a worker, so that it is the last to stop; the others run once it is `connected`."""

    name = "broker"

    def __init__(self, broker: Broker, topics: Sequence[TopicSpec]) -> None:
        """`topics` are created where they are missing; none for a broker whose topics others look after."""
        self._broker = broker
        self._topics = topics
        self.connected = asyncio.Event()

    async def check(self) -> str | None:
        if not self.connected.is_set():
            return "not connected yet"
        return None if await self._broker.healthy() else "the broker does not answer"

    async def run(self, stop: asyncio.Event) -> None:
        wait_seconds = 0.25
        try:
            while not stop.is_set() and not await self._connect():
                await happened(stop, within_seconds=wait_seconds)
                wait_seconds = min(LONGEST_WAIT_SECONDS, wait_seconds * 2)
            await stop.wait()
        finally:
            await self._broker.stop()

    async def _connect(self) -> bool:
        try:
            await self._broker.start()
            await self._broker.ensure_topics(self._topics)
        except Unavailable as error:
            log.warning("broker_unavailable", reason=error.detail)
            return False
        self.connected.set()
        return True


class NeedsBroker:
    """A component that starts only when the broker is connected."""

    def __init__(self, component: Component, connection: BrokerConnection) -> None:
        self._component = component
        self._connection = connection

    @property
    def name(self) -> str:
        return self._component.name

    async def run(self, stop: asyncio.Event) -> None:
        while not (stop.is_set() or self._connection.connected.is_set()):
            await happened(stop, self._connection.connected, within_seconds=LONGEST_WAIT_SECONDS)
        if not stop.is_set():
            await self._component.run(stop)
