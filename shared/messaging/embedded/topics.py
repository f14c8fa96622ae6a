"""The topics of the log and their partitions."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import asyncpg
import structlog

from shared.contracts.topics import Retention, TopicSpec
from shared.messaging.broker import TopicPartition
from shared.messaging.embedded.connection import CHANNEL, SCHEMA_LOCK, TOPICS_NEWS, Pool
from shared.messaging.partitioning import topic_unknown

log = structlog.get_logger(__name__)

_LOAD = "SELECT id, topic, number FROM event_log.partitions ORDER BY topic, number"
_ADD_TOPIC = """
INSERT INTO event_log.topics (name, compacted, retention) VALUES ($1, $2, $3)
ON CONFLICT DO NOTHING RETURNING name
"""
_ADD_PARTITIONS = """
WITH added AS (
    INSERT INTO event_log.partitions (topic, number) SELECT $1, n FROM generate_series(0, $2 - 1) AS n
    ON CONFLICT DO NOTHING RETURNING id
)
INSERT INTO event_log.cleaning (partition_id) SELECT id FROM added RETURNING partition_id
"""


@dataclass(frozen=True, slots=True)
class TopicCatalogue:
    """The partitions as last read: by topic, in order of their numbers, and by their id in the log."""

    ids: dict[str, list[int]]
    names: dict[int, TopicPartition]


class Topics:
    """Knows the catalogue, and reads it again when a topic is missing or somebody announced a change."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._known = TopicCatalogue({}, {})
        self._stale = True

    def forget(self) -> None:
        self._stale = True

    async def require(self, names: Iterable[str]) -> TopicCatalogue:
        """Raises InvalidInput (`topic_unknown`) when one of `names` does not exist."""
        wanted = set(names)
        if self._stale or not wanted <= self._known.ids.keys():
            await self._load()
        missing = wanted - self._known.ids.keys()
        if missing:
            raise topic_unknown(sorted(missing))
        return self._known

    async def _load(self) -> None:
        self._stale = False
        try:
            rows = await self._pool.fetch(_LOAD)
        except BaseException:
            self._stale = True
            raise
        ids: dict[str, list[int]] = {}
        names: dict[int, TopicPartition] = {}
        for partition_id, topic, number in rows:
            ids.setdefault(topic, []).append(partition_id)
            names[partition_id] = TopicPartition(topic, number)
        self._known = TopicCatalogue(ids, names)

    async def ensure(self, specs: Sequence[TopicSpec]) -> None:
        async with self._pool.acquire() as connection, connection.transaction():
            # Serialises creators, so that concurrent starts do not wait for each other's keys in different orders.
            await connection.execute("SELECT pg_advisory_xact_lock($1)", SCHEMA_LOCK)
            changed = [spec.name for spec in specs if await _ensure_topic(connection, spec)]
            if changed:
                await connection.execute("SELECT pg_notify($1, $2)", CHANNEL, TOPICS_NEWS)
        self.forget()


async def _ensure_topic(connection: "asyncpg.Connection[Any]", spec: TopicSpec) -> bool:
    retention = None if spec.retention_hours is None else timedelta(hours=spec.retention_hours)
    created = await connection.fetchval(_ADD_TOPIC, spec.name, spec.retention is Retention.COMPACT, retention)
    added = await connection.fetch(_ADD_PARTITIONS, spec.name, spec.partitions)
    if added and created is None:
        # Some keys now have another partition, so their order holds only among what is published from here on.
        log.warning("topic_grown", topic=spec.name, partitions=spec.partitions)
    return bool(added)
