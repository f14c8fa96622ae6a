"""Writing records: one statement per batch, durable when it returns."""

from collections.abc import Iterator, Sequence

import msgspec

from shared.messaging.broker import Headers, OutgoingRecord
from shared.messaging.embedded.connection import CHANNEL, RECORDS_NEWS, Pool
from shared.messaging.embedded.topics import TopicCatalogue
from shared.messaging.partitioning import partition_of, record_size

_BATCH_RECORDS = 5_000
_BATCH_BYTES = 16 * 1024 * 1024
_PARTITIONS_PER_NEWS = 500
"""PostgreSQL takes at most 8,000 bytes in one notification."""

# One statement, so one round trip and one disk write. The partitions are locked in the order of their ids, so that two
# writers never wait for each other in a circle, and stay locked until the commit, so that no reader can see a later
# offset of a partition before an earlier one. `locked` yields the newest row even where the snapshot is older.
_APPEND = """
WITH locked AS (
    SELECT id, next_offset FROM event_log.partitions WHERE id = ANY($1::int[]) ORDER BY id FOR UPDATE
), advanced AS (
    UPDATE event_log.partitions AS p SET next_offset = l.next_offset + n.count
    FROM locked AS l JOIN unnest($1::int[], $2::int[]) AS n (id, count) ON n.id = l.id
    WHERE p.id = l.id
), appended AS (
    INSERT INTO event_log.records (partition_id, record_offset, key, value, headers)
    SELECT l.id, l.next_offset + r.place, r.key, r.value, r.headers
    FROM unnest($3::int[], $4::int[], $5::bytea[], $6::bytea[], $7::bytea[]) AS r (id, place, key, value, headers)
    JOIN locked AS l ON l.id = r.id
)
SELECT pg_notify($8, news) FROM unnest($9::text[]) AS news
"""

_encode_headers = msgspec.msgpack.Encoder().encode
_decode_headers = msgspec.msgpack.Decoder(Headers).decode
_NO_HEADERS = _encode_headers(())


def unpack_headers(stored: bytes) -> Headers:
    return () if stored == _NO_HEADERS else _decode_headers(stored)


async def append(pool: Pool, catalogue: TopicCatalogue, records: Sequence[OutgoingRecord]) -> None:
    """Writes all, in order per key; a large call is split, so a failure may leave its first part written."""
    for batch in _batches(records):
        await _append_batch(pool, catalogue, batch)


def _batches(records: Sequence[OutgoingRecord]) -> Iterator[Sequence[OutgoingRecord]]:
    first, size = 0, 0
    for index, record in enumerate(records):
        size += record_size(record)
        if index > first and (size > _BATCH_BYTES or index - first == _BATCH_RECORDS):
            yield records[first:index]
            first, size = index, record_size(record)
    yield records[first:]


async def _append_batch(pool: Pool, catalogue: TopicCatalogue, batch: Sequence[OutgoingRecord]) -> None:
    counts: dict[int, int] = {}
    ids: list[int] = []
    places: list[int] = []
    for record in batch:
        partitions = catalogue.ids[record.topic]
        partition_id = partitions[partition_of(record.key, len(partitions))]
        place = counts.get(partition_id, 0)
        counts[partition_id] = place + 1
        ids.append(partition_id)
        places.append(place)
    await pool.execute(
        _APPEND,
        list(counts),
        list(counts.values()),
        ids,
        places,
        [record.key for record in batch],
        [record.value for record in batch],
        [_encode_headers(record.headers) if record.headers else _NO_HEADERS for record in batch],
        CHANNEL,
        list(_news(list(counts))),
    )


def _news(ids: list[int]) -> Iterator[str]:
    for first in range(0, len(ids), _PARTITIONS_PER_NEWS):
        yield RECORDS_NEWS + ",".join(map(str, ids[first : first + _PARTITIONS_PER_NEWS]))
