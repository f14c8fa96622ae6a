"""The broker as the platform needs it; `embedded` and `kafka` provide it and pass the same behaviour suite."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple, Protocol

from msgspec import Struct

from shared.contracts.topics import TopicSpec

Headers = tuple[tuple[str, bytes], ...]

MAX_RECORD_BYTES = 1_000_000
"""Kafka's default limit for a record; the embedded broker keeps to the same."""


class TopicPartition(NamedTuple):
    topic: str
    partition: int


class OutgoingRecord(Struct, frozen=True):
    """A record to publish; records of one topic and key keep their order. `value` None is a tombstone."""

    topic: str
    key: bytes
    value: bytes | None
    headers: Headers = ()


class Record(Struct, frozen=True):
    """A record as read back; `timestamp` is when the broker took it."""

    topic: str
    partition: int
    offset: int
    key: bytes | None
    value: bytes | None
    headers: Headers
    timestamp: datetime

    @property
    def topic_partition(self) -> TopicPartition:
        return TopicPartition(self.topic, self.partition)


Revoked = Callable[[frozenset[TopicPartition]], Awaitable[None]]
"""Called before partitions are given away: finish or drop what is in hand for them, commit, return.

Awaited only while the member stands in `fetch`, so never beside the handling of a batch: a partition stays until its
owner comes back for more, or has been away for too long (minutes) or without a heartbeat (seconds). It is also called,
too late to commit, for partitions that were lost in such a way.
"""


class Subscription(Protocol):
    """One member of a consumer group. Not safe for concurrent use, except `close`."""

    async def fetch(self, max_records: int, max_wait_seconds: float) -> Sequence[Record]:
        """Up to `max_records`, in order per partition, waiting at most `max_wait_seconds` for the first.

        Starts at the committed offset of each partition, or at its beginning where there is none: nothing published
        before a group's first start is skipped. Raises Unavailable when the broker does not answer.
        """
        ...

    async def commit(self, offsets: Mapping[TopicPartition, int]) -> None:
        """Stores the offset of the next record to read, durably. Offsets of partitions no longer owned are ignored.

        Raises Unavailable when the broker does not answer.
        """
        ...

    async def rewind(self) -> None:
        """Goes back to the committed offsets of the partitions owned, so that what was fetched comes again.

        Takes effect with the next `fetch`, and does not wait for the broker itself.
        """
        ...

    async def lag(self) -> Mapping[TopicPartition, int]:
        """Records not yet committed, per owned partition."""
        ...

    async def close(self) -> None:
        """Leaves the group at once, so that its partitions move without waiting for a timeout.

        A `fetch` under way returns nothing, and `on_revoked` is not called. Never raises Unavailable.
        """
        ...


class Broker(Protocol):
    """A durable, partitioned log with consumer groups."""

    async def start(self) -> None:
        """Connects; nothing to do when it is connected. Raises Unavailable when the broker cannot be reached."""
        ...

    async def stop(self) -> None: ...

    async def ensure_topics(self, specs: Sequence[TopicSpec]) -> None:
        """Creates missing topics and missing partitions; never shrinks, never deletes, never alters settings.

        Partitions added to a topic in use move some of its keys: the order of such a key then holds only among what is
        published later.
        """
        ...

    async def publish(self, records: Sequence[OutgoingRecord]) -> None:
        """Returns once all are durable, in the order given per key.

        Raises InvalidInput (`record_too_large`, `topic_unknown`) before anything is written, and Unavailable when it is
        not known whether all were written: publishing the same records again is then right, readers drop duplicates.
        """
        ...

    async def subscribe(self, group: str, topics: Sequence[str], *, on_revoked: Revoked | None = None) -> Subscription:
        """Joins `group`. Raises InvalidInput (`topic_unknown`) when a topic does not exist."""
        ...

    async def healthy(self) -> bool: ...
