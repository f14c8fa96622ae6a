"""The worker's connection to its broker: made when the broker is there, and waited for while it is not."""

import asyncio
from collections.abc import Sequence

import structlog

from shared.contracts.topics import TopicSpec
from shared.errors import Unavailable
from shared.messaging.broker import Broker
from shared.waiting import happened

log = structlog.get_logger(__name__)

LONGEST_WAIT_SECONDS = 15.0


class BrokerConnection:
    """A component of every worker, started first and so the last to stop; others wait until it is `connected`."""

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
