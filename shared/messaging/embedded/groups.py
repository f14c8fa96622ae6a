"""Consumer groups: who is a member, who owns which partition, and how far each group has read.

Whoever changes membership or ownership first locks the group's row, then the group's partitions in the order of their
ids; a commit locks only partitions, in the same order. So there is no circle of waiting, and a commit sees for certain
whether its sender still owns the partition.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import asyncpg

from shared.messaging.embedded.assignment import assign
from shared.messaging.embedded.connection import CHANNEL, GROUP_NEWS, Pool

_ENSURE_GROUP = "INSERT INTO event_log.groups (name) VALUES ($1) ON CONFLICT DO NOTHING"
_LOCK_GROUP = "SELECT 1 FROM event_log.groups WHERE name = $1 FOR UPDATE"
_ADD_MEMBER = """
INSERT INTO event_log.members (id, group_name, topics, expires_at)
VALUES ($1, $2, $3, clock_timestamp() + make_interval(secs => $4))
"""
_REMOVE_MEMBER = "DELETE FROM event_log.members WHERE id = $1"
_EVICT = "DELETE FROM event_log.members WHERE group_name = $1 AND expires_at < clock_timestamp()"
_MEMBERS = "SELECT id, topics FROM event_log.members WHERE group_name = $1 ORDER BY joined_at, id"
_ADD_PARTITIONS = """
INSERT INTO event_log.group_partitions (group_name, partition_id)
SELECT $1, id FROM event_log.partitions WHERE topic = ANY($2::text[]) ON CONFLICT DO NOTHING
"""
_PARTITIONS = """
SELECT gp.partition_id, p.topic, gp.owner, gp.target
FROM event_log.group_partitions AS gp JOIN event_log.partitions AS p ON p.id = gp.partition_id
WHERE gp.group_name = $1 ORDER BY gp.partition_id FOR UPDATE OF gp
"""
_STORE = """
UPDATE event_log.group_partitions AS gp SET owner = n.owner, target = n.target
FROM unnest($2::int[], $3::uuid[], $4::uuid[]) AS n (partition_id, owner, target)
WHERE gp.group_name = $1 AND gp.partition_id = n.partition_id
"""
_NEXT_GENERATION = "UPDATE event_log.groups SET generation = generation + 1 WHERE name = $1"
_CLAIMS = """
SELECT g.generation, m.id IS NOT NULL AS member, gp.partition_id, gp.target, gp.committed
FROM event_log.groups AS g
LEFT JOIN event_log.members AS m ON m.id = $2
LEFT JOIN event_log.group_partitions AS gp ON gp.group_name = g.name AND gp.owner = $2
WHERE g.name = $1
"""
_RELEASE = """
WITH leaving AS (
    SELECT partition_id FROM event_log.group_partitions
    WHERE group_name = $1 AND owner = $2 AND partition_id = ANY($3::int[]) ORDER BY partition_id FOR UPDATE
)
UPDATE event_log.group_partitions AS gp SET owner = gp.target
FROM leaving AS l WHERE gp.group_name = $1 AND gp.partition_id = l.partition_id
"""
_COMMIT = """
WITH mine AS (
    SELECT partition_id FROM event_log.group_partitions
    WHERE group_name = $1 AND owner = $2 AND partition_id = ANY($3::int[]) ORDER BY partition_id FOR UPDATE
)
UPDATE event_log.group_partitions AS gp SET committed = n.committed
FROM mine AS m JOIN unnest($3::int[], $4::bigint[]) AS n (partition_id, committed) USING (partition_id)
WHERE gp.group_name = $1 AND gp.partition_id = m.partition_id
"""
_LAG = """
SELECT gp.partition_id, greatest(0, p.next_offset - greatest(coalesce(gp.committed, 0), c.start_offset))
FROM event_log.group_partitions AS gp
JOIN event_log.partitions AS p ON p.id = gp.partition_id
JOIN event_log.cleaning AS c ON c.partition_id = gp.partition_id
WHERE gp.group_name = $1 AND gp.owner = $2
"""


@dataclass(frozen=True, slots=True)
class Claims:
    """What a member owns: the committed offset per partition, and which of them others are waiting for."""

    is_member: bool
    generation: int
    committed: Mapping[int, int]
    wanted_by_others: frozenset[int]


class Group:
    """One consumer group, as seen in the database."""

    def __init__(self, pool: Pool, name: str) -> None:
        self._pool = pool
        self._name = name

    async def join(self, member: UUID, topics: Sequence[str], session_seconds: float) -> None:
        async with self._pool.acquire() as connection, connection.transaction():
            await connection.execute(_ENSURE_GROUP, self._name)
            await connection.execute(_LOCK_GROUP, self._name)
            await connection.execute(_ADD_MEMBER, member, self._name, list(topics), session_seconds)
            await self._rebalance(connection)

    async def leave(self, member: UUID) -> None:
        async with self._pool.acquire() as connection, connection.transaction():
            await connection.execute(_LOCK_GROUP, self._name)
            await connection.execute(_REMOVE_MEMBER, member)
            await self._rebalance(connection)

    async def rebalance(self) -> None:
        """Evicts members whose session ran out and shares out what has no owner, or should have another."""
        async with self._pool.acquire() as connection, connection.transaction():
            await connection.execute(_LOCK_GROUP, self._name)
            await self._rebalance(connection)

    async def _rebalance(self, connection: "asyncpg.Connection[Any]") -> None:
        await connection.execute(_EVICT, self._name)
        members = {row[0]: frozenset(row[1]) for row in await connection.fetch(_MEMBERS, self._name)}
        wanted = frozenset[str]().union(*members.values())
        await connection.execute(_ADD_PARTITIONS, self._name, sorted(wanted))
        rows = await connection.fetch(_PARTITIONS, self._name)
        topics = {row["partition_id"]: row["topic"] for row in rows}
        # A partition on its way belongs to its target: a second rebalance in between must not send it elsewhere.
        current = {row["partition_id"]: row["target"] for row in rows if row["target"] is not None}
        targets = assign(topics, members, current)
        changes: list[tuple[int, UUID | None, UUID | None]] = []
        for partition_id, _, owner, target in rows:
            new_target = targets.get(partition_id)
            new_owner = owner if owner in members else new_target
            if (new_owner, new_target) != (owner, target):
                changes.append((partition_id, new_owner, new_target))
        if changes:
            await connection.execute(_STORE, self._name, *map(list, zip(*changes, strict=True)))
            await self._announce(connection)

    async def claims(self, member: UUID) -> Claims:
        rows = await self._pool.fetch(_CLAIMS, self._name, member)
        owned = [row for row in rows if row["partition_id"] is not None]
        return Claims(
            is_member=rows[0]["member"],
            generation=rows[0]["generation"],
            committed={row["partition_id"]: row["committed"] or 0 for row in owned},
            wanted_by_others=frozenset(row["partition_id"] for row in owned if row["target"] != member),
        )

    async def release(self, member: UUID, partitions: frozenset[int]) -> None:
        """Hands partitions to whoever waits for them; those no longer owned by `member` are left alone."""
        async with self._pool.acquire() as connection, connection.transaction():
            await connection.execute(_LOCK_GROUP, self._name)
            await connection.execute(_RELEASE, self._name, member, sorted(partitions))
            await self._announce(connection)

    async def commit(self, member: UUID, offsets: Mapping[int, int]) -> None:
        await self._pool.execute(_COMMIT, self._name, member, list(offsets), list(offsets.values()))

    async def lag(self, member: UUID) -> dict[int, int]:
        return {row[0]: row[1] for row in await self._pool.fetch(_LAG, self._name, member)}

    async def _announce(self, connection: "asyncpg.Connection[Any]") -> None:
        await connection.execute(_NEXT_GENERATION, self._name)
        await connection.execute("SELECT pg_notify($1, $2)", CHANNEL, GROUP_NEWS + self._name)
