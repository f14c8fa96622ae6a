"""Where a record goes and how large it may be: the same for every broker, so that moving between them moves no key."""

from collections.abc import Sequence
from functools import lru_cache

from aiokafka.partitioner import murmur2

from shared.errors import InvalidInput
from shared.messaging.broker import MAX_RECORD_BYTES, OutgoingRecord


@lru_cache(maxsize=65_536)
def _positive_hash(key: bytes) -> int:
    # The hash is pure Python (about 5 µs for a UUID's text), and the same customers come again and again.
    return int(murmur2(key)) & 0x7FFFFFFF


def partition_of(key: bytes, partitions: int) -> int:
    """The partition that Kafka's own default partitioner chooses."""
    return _positive_hash(key) % partitions


def record_size(record: OutgoingRecord) -> int:
    headers = sum(len(name.encode()) + len(value) for name, value in record.headers)
    return len(record.key) + len(record.value or b"") + headers


def refuse_oversized(records: Sequence[OutgoingRecord]) -> None:
    """Raises InvalidInput (`record_too_large`) naming the first record that no broker would take."""
    for index, record in enumerate(records):
        size = record_size(record)
        if size > MAX_RECORD_BYTES:
            raise InvalidInput(
                f"a record of {size} bytes exceeds the limit of {MAX_RECORD_BYTES}: publish a reference instead",
                code="record_too_large",
                field=f"records[{index}]",
                topic=record.topic,
                size=size,
            )


def topic_unknown(topics: Sequence[str]) -> InvalidInput:
    names = ", ".join(sorted(topics))
    return InvalidInput(
        f"the broker has no topic {names}: create it with ensure_topics first",
        code="topic_unknown",
        topics=names,
    )
