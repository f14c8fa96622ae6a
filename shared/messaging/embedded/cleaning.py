"""Removes what is too old to keep and, in compacted topics, what a later record of the same key replaced."""

from datetime import timedelta
from typing import Any

import asyncpg
import structlog

from shared.messaging.embedded.connection import CLEANING_LOCK, Pool

log = structlog.get_logger(__name__)

_COMPACT_WITHIN = timedelta(hours=24)
"""A replaced value, personal data perhaps, is gone after this time at the latest, and a tombstone after as long again:
so a reader that comes back within a day misses no deletion."""

_MIN_DIRTY = 1_000
_STATEMENT_SECONDS = 600.0

_PARTITIONS = """
SELECT p.id, t.compacted, t.retention, p.next_offset, c.cleaned_to
FROM event_log.partitions AS p
JOIN event_log.topics AS t ON t.name = p.topic
JOIN event_log.cleaning AS c ON c.partition_id = p.id
WHERE (t.retention IS NOT NULL AND NOT t.compacted)
   OR (t.compacted AND (p.next_offset - c.cleaned_to >= greatest(c.kept, $1)
                        OR c.cleaned_at < statement_timestamp() - $2::interval))
ORDER BY p.id
"""
_EXPIRE = """
WITH boundary AS (
    SELECT coalesce(
        (SELECT record_offset FROM event_log.records
         WHERE partition_id = $1 AND taken_at >= statement_timestamp() - $2::interval
         ORDER BY record_offset LIMIT 1),
        (SELECT next_offset FROM event_log.partitions WHERE id = $1)
    ) AS start_offset
), expired AS (
    DELETE FROM event_log.records USING boundary
    WHERE partition_id = $1 AND record_offset < boundary.start_offset RETURNING 1
), noted AS (
    UPDATE event_log.cleaning SET start_offset = boundary.start_offset, cleaned_at = statement_timestamp()
    FROM boundary WHERE partition_id = $1 AND cleaning.start_offset < boundary.start_offset
)
SELECT count(*) FROM expired
"""
# Only keys written since the last time can have been replaced since then.
_COMPACT = """
WITH fresh AS (
    SELECT key, max(record_offset) AS latest FROM event_log.records
    WHERE partition_id = $1 AND record_offset >= $2 AND record_offset < $3 GROUP BY key
), replaced AS (
    DELETE FROM event_log.records AS r USING fresh AS f
    WHERE r.partition_id = $1 AND r.key = f.key AND r.record_offset < f.latest RETURNING 1
)
SELECT count(*) FROM replaced
"""
_DROP_TOMBSTONES = """
WITH dropped AS (
    DELETE FROM event_log.records
    WHERE partition_id = $1 AND value IS NULL AND record_offset < $2
      AND taken_at < statement_timestamp() - $3::interval RETURNING 1
)
SELECT count(*) FROM dropped
"""
_NOTE_COMPACTED = """
UPDATE event_log.cleaning SET cleaned_to = $2, cleaned_at = statement_timestamp(),
    kept = (SELECT count(*) FROM event_log.records WHERE partition_id = $1 AND record_offset < $2)
WHERE partition_id = $1
"""


async def clean(pool: Pool) -> int:
    """Cleans every partition that is due and returns how many records went; does nothing while another one cleans."""
    removed = 0
    partitions = await pool.fetch(_PARTITIONS, _MIN_DIRTY, _COMPACT_WITHIN)
    for partition in partitions:
        async with pool.acquire() as connection, connection.transaction():
            if not await connection.fetchval("SELECT pg_try_advisory_xact_lock($1)", CLEANING_LOCK):
                break
            removed += await _clean_partition(connection, partition)
    if removed:
        log.info("event_log_cleaned", records=removed)
    return removed


async def _clean_partition(connection: "asyncpg.Connection[Any]", partition: asyncpg.Record) -> int:
    partition_id, upto = partition["id"], partition["next_offset"]
    if not partition["compacted"]:
        return int(await connection.fetchval(_EXPIRE, partition_id, partition["retention"], timeout=_STATEMENT_SECONDS))
    replaced = await connection.fetchval(
        _COMPACT, partition_id, partition["cleaned_to"], upto, timeout=_STATEMENT_SECONDS
    )
    dropped = await connection.fetchval(
        _DROP_TOMBSTONES, partition_id, upto, _COMPACT_WITHIN, timeout=_STATEMENT_SECONDS
    )
    await connection.execute(_NOTE_COMPACTED, partition_id, upto, timeout=_STATEMENT_SECONDS)
    return int(replaced) + int(dropped)
