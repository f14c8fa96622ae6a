"""Reading records, bounded in number and in bytes."""

from collections.abc import Mapping
from uuid import UUID

from shared.messaging.broker import Record, TopicPartition
from shared.messaging.embedded.appending import unpack_headers
from shared.messaging.embedded.connection import Pool

_FETCH_BYTES = 16 * 1024 * 1024

# Joined with the owner, so that a member evicted without knowing it reads nothing more. `place` is the order in which
# partitions take their turn: a long backlog in one of them must not starve the others.
_READ = """
SELECT partition_id, record_offset, key, value, headers, taken_at FROM (
    SELECT *, sum(coalesce(octet_length(value), 0)) OVER (
        ORDER BY place, record_offset ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
    ) AS bytes_before
    FROM (
        SELECT p.place, r.* FROM (
            SELECT u.id, u.position, u.place
            FROM unnest($3::int[], $4::bigint[]) WITH ORDINALITY AS u (id, position, place)
            JOIN event_log.group_partitions AS gp
            ON gp.group_name = $1 AND gp.owner = $2 AND gp.partition_id = u.id
            ORDER BY u.place
        ) AS p CROSS JOIN LATERAL (
            SELECT * FROM event_log.records
            WHERE partition_id = p.id AND record_offset >= p.position ORDER BY record_offset LIMIT $5
        ) AS r
        ORDER BY p.place, r.record_offset LIMIT $5
    ) AS nearest
) AS measured
WHERE coalesce(bytes_before, 0) < $6
ORDER BY place, record_offset
"""


async def read(
    pool: Pool,
    group: str,
    member: UUID,
    positions: Mapping[int, int],
    names: Mapping[int, TopicPartition],
    max_records: int,
) -> list[tuple[int, Record]]:
    """Records from `positions` on with their partition's id, in the order of `positions`, then of offsets."""
    rows = await pool.fetch(_READ, group, member, list(positions), list(positions.values()), max_records, _FETCH_BYTES)
    result: list[tuple[int, Record]] = []
    for partition_id, offset, key, value, headers, taken_at in rows:
        topic, number = names[partition_id]
        result.append((partition_id, Record(topic, number, offset, key, value, unpack_headers(headers), taken_at)))
    return result
