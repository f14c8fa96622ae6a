"""Which topics a Kafka has, and creating those that are missing."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Any, TypeVar

import structlog
from aiokafka.admin import AIOKafkaAdminClient, NewPartitions, NewTopic
from aiokafka.errors import InvalidPartitionsError, KafkaError, TopicAlreadyExistsError, for_code

from shared.contracts.topics import Retention, TopicSpec
from shared.messaging.kafka.connection import KafkaSettings, is_passing
from shared.messaging.partitioning import topic_unknown

log = structlog.get_logger(__name__)
T = TypeVar("T")

_PATIENCE_SECONDS = 15.0
_RETRY_SECONDS = 0.1
_DAY_MS = 24 * 3600 * 1000


class TopicDirectory:
    """Answers from memory, asks Kafka about what is not in it.

    Always asks for all topics: a request that names an unknown topic would create it where the cluster allows that.
    """

    def __init__(self, settings: KafkaSettings) -> None:
        self._settings = settings
        self._admin = AIOKafkaAdminClient(**settings.client_arguments())
        self._known: frozenset[str] = frozenset()

    async def start(self) -> None:
        await self._admin.start()

    async def close(self) -> None:
        await self._admin.close()

    async def require(self, names: Iterable[str]) -> None:
        """Raises InvalidInput (`topic_unknown`) when one of `names` does not exist."""
        wanted = set(names)
        if wanted <= self._known:
            return
        self._known = frozenset(await self._ask(self._partitions))
        if missing := wanted - self._known:
            raise topic_unknown(sorted(missing))

    async def answers(self) -> None:
        """Returns as soon as some broker answers."""
        await self._ask(self._admin.list_topics)

    async def ensure(self, specs: Sequence[TopicSpec]) -> bool:
        """Returns whether a topic got more partitions than it had."""
        existing = await self._ask(self._partitions)
        missing = [spec for spec in specs if spec.name not in existing]
        if missing:
            await self._ask(lambda: self._create(missing))
            existing = await self._ask(self._partitions)
        grown = {
            spec.name: spec.partitions for spec in specs if existing.get(spec.name, spec.partitions) < spec.partitions
        }
        if grown:
            await self._ask(lambda: self._grow(grown))
        await self._until_usable({spec.name: spec.partitions for spec in specs})
        return bool(grown)

    async def _create(self, specs: Sequence[TopicSpec]) -> None:
        copies = self._settings.replication_factor
        topics = [NewTopic(spec.name, spec.partitions, copies, topic_configs=_config(spec, copies)) for spec in specs]
        response = await self._admin.create_topics(topics)
        for topic, code, *message in response.topic_errors:
            error = for_code(code)
            if code and error is not TopicAlreadyExistsError:  # somebody else was quicker
                raise error(f"{topic}: {message}")

    async def _grow(self, counts: dict[str, int]) -> None:
        for topic, count in counts.items():
            # Some keys now have another partition, so their order holds only among what is published from here on.
            log.warning("topic_grown", topic=topic, partitions=count)
            try:
                await self._admin.create_partitions({topic: NewPartitions(count)})
            except InvalidPartitionsError:
                log.info("topic_grown_by_another", topic=topic, partitions=count)

    async def _until_usable(self, counts: dict[str, int]) -> None:
        """Kafka answers a creation before every broker knows of it, and before the partitions have leaders."""
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while True:
            usable = await self._ask(self._led_partitions)
            if all(usable.get(topic, 0) >= count for topic, count in counts.items()):
                return
            if time.monotonic() > deadline:
                raise TimeoutError("Kafka created topics but does not serve them")
            await asyncio.sleep(_RETRY_SECONDS)

    async def _partitions(self) -> dict[str, int]:
        return {topic["topic"]: len(topic["partitions"]) for topic in await self._described()}

    async def _led_partitions(self) -> dict[str, int]:
        return {
            topic["topic"]: sum(partition["leader"] >= 0 for partition in topic["partitions"])
            for topic in await self._described()
        }

    async def _described(self) -> list[dict[str, Any]]:
        return [topic for topic in await self._admin.describe_topics() if not topic["error_code"]]

    async def _ask(self, question: Callable[[], Awaitable[T]]) -> T:
        # The admin client picks a broker at random, the dead one too: ask again while the others take over.
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while True:
            try:
                return await question()
            except (KafkaError, OSError, TimeoutError) as error:
                if not is_passing(error) or time.monotonic() > deadline:
                    raise
            await asyncio.sleep(_RETRY_SECONDS)


def _config(spec: TopicSpec, copies: int) -> dict[str, str]:
    config = {
        # Retention and the timestamps that readers see go by the broker's clock, whatever a publisher's clock says.
        "message.timestamp.type": "LogAppendTime",
        "retention.ms": "-1" if spec.retention_hours is None else str(spec.retention_hours * 3600 * 1000),
    }
    if copies >= 3:
        config["min.insync.replicas"] = "2"
    if spec.retention is Retention.COMPACT:
        # A replaced value, personal data perhaps, is gone within a day, and a tombstone a day later.
        config |= {
            "cleanup.policy": "compact",
            "max.compaction.lag.ms": str(_DAY_MS),
            "delete.retention.ms": str(_DAY_MS),
        }
    return config
