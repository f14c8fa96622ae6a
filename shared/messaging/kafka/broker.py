"""KafkaBroker: producer, consumers and topic directory behind the broker port."""

import asyncio
from collections.abc import Sequence

import structlog

from shared.contracts.topics import TopicSpec
from shared.errors import Unavailable
from shared.messaging.broker import OutgoingRecord, Revoked, Subscription
from shared.messaging.kafka.connection import KafkaSettings, translated
from shared.messaging.kafka.publishing import Publisher
from shared.messaging.kafka.subscription import KafkaSubscription
from shared.messaging.kafka.topics import TopicDirectory
from shared.messaging.partitioning import refuse_oversized

log = structlog.get_logger(__name__)

_HEALTH_SECONDS = 3.0


class KafkaBroker:
    """A Broker over an Apache Kafka. One object per process; each subscription is a consumer of its own."""

    def __init__(self, settings: KafkaSettings) -> None:
        self._settings = settings
        self._topics: TopicDirectory | None = None
        self._publisher: Publisher | None = None
        self._subscriptions: list[KafkaSubscription] = []

    async def start(self) -> None:
        if self._topics is not None:
            return
        topics = TopicDirectory(self._settings)
        with translated():
            try:
                await topics.start()
            except BaseException:
                await topics.close()
                raise
        self._topics, self._publisher = topics, Publisher(self._settings)

    async def stop(self) -> None:
        await asyncio.gather(*(subscription.close() for subscription in self._subscriptions))
        self._subscriptions.clear()
        publisher, self._publisher = self._publisher, None
        if publisher is not None:
            await publisher.close()
        topics, self._topics = self._topics, None
        if topics is not None:
            await topics.close()

    async def ensure_topics(self, specs: Sequence[TopicSpec]) -> None:
        topics, publisher = self._started()
        with translated():
            if await topics.ensure(specs):
                await publisher.refresh()

    async def publish(self, records: Sequence[OutgoingRecord]) -> None:
        topics, publisher = self._started()
        if not records:
            return
        refuse_oversized(records)
        with translated():
            await topics.require(record.topic for record in records)
        await publisher.publish(records)

    async def subscribe(self, group: str, topics: Sequence[str], *, on_revoked: Revoked | None = None) -> Subscription:
        directory, _ = self._started()
        with translated():
            await directory.require(topics)
        subscription = KafkaSubscription(self._settings, group, topics, on_revoked)
        await subscription.join()
        self._subscriptions.append(subscription)
        return subscription

    async def healthy(self) -> bool:
        if self._topics is None:
            return False
        try:
            with translated():
                await asyncio.wait_for(self._topics.answers(), _HEALTH_SECONDS)
        except Unavailable:
            return False
        return True

    def _started(self) -> tuple[TopicDirectory, Publisher]:
        if self._topics is None or self._publisher is None:
            raise RuntimeError("start the broker before using it")
        return self._topics, self._publisher
