"""One member of a consumer group over the event log."""

import asyncio
import time
from collections.abc import Mapping, Sequence
from uuid import UUID, uuid4

import structlog

from shared.errors import Unavailable
from shared.messaging.broker import Record, Revoked, TopicPartition
from shared.messaging.embedded.connection import Pool, translated
from shared.messaging.embedded.groups import Group
from shared.messaging.embedded.pulse import Pulse
from shared.messaging.embedded.reading import read
from shared.messaging.embedded.topics import Topics
from shared.waiting import happened

log = structlog.get_logger(__name__)

_POLL_SECONDS = 5.0
"""How long a lost notification can go unnoticed."""

_MAX_HOLD_SECONDS = 300.0
"""A member that was not called for this long is stuck: it stops counting as alive, and its partitions move."""


class EmbeddedSubscription:
    def __init__(
        self,
        *,
        pool: Pool,
        pulse: Pulse,
        topics: Topics,
        group: str,
        topic_names: Sequence[str],
        session_seconds: float,
        on_revoked: Revoked | None,
    ) -> None:
        self._pool = pool
        self._pulse = pulse
        self._topics = topics
        self._group = Group(pool, group)
        self._group_name = group
        self._topic_names = tuple(topic_names)
        self._session_seconds = session_seconds
        self._on_revoked = on_revoked
        self._member_id: UUID | None = None
        self._generation = -1
        self._positions: dict[int, int] = {}
        self._names: Mapping[int, TopicPartition] = {}
        self._stale = True
        self._share_out = False
        self._rewind_due = False
        self._closed = False
        self._busy_since: float | None = None
        self._wake = asyncio.Event()

    # What the pulse asks and tells; never blocks.

    @property
    def group(self) -> str:
        return self._group_name

    @property
    def living_as(self) -> UUID | None:
        stuck = self._busy_since is not None and time.monotonic() - self._busy_since > _MAX_HOLD_SECONDS
        return None if stuck else self._member_id

    def hear_records(self, partitions: frozenset[int]) -> None:
        if not partitions.isdisjoint(self._positions):
            self._wake.set()

    def hear_group(self) -> None:
        self._stale = True
        self._wake.set()

    def hear_topics(self) -> None:
        self._topics.forget()
        self._share_out = True
        self.hear_group()

    def hear_beat(self, generation: int | None, someone_died: bool) -> None:
        self._share_out = self._share_out or someone_died
        if generation != self._generation or someone_died:
            self.hear_group()

    # What the consumer asks.

    async def join(self) -> None:
        with translated():
            await self._topics.require(self._topic_names)
            await self._join()
        self._busy_since = time.monotonic()
        self._pulse.add(self)

    async def fetch(self, max_records: int, max_wait_seconds: float) -> Sequence[Record]:
        if self._closed:
            raise RuntimeError("this subscription is closed: subscribe again")
        deadline = time.monotonic() + max_wait_seconds
        self._busy_since = None
        try:
            with translated():
                return await self._fetch(max_records, deadline)
        finally:
            self._busy_since = time.monotonic()

    async def commit(self, offsets: Mapping[TopicPartition, int]) -> None:
        ids = {name: partition_id for partition_id, name in self._names.items()}
        known = {ids[name]: offset for name, offset in offsets.items() if name in ids}
        if known and self._member_id is not None:
            with translated():
                await self._group.commit(self._member_id, known)
        self._busy_since = time.monotonic()

    async def rewind(self) -> None:
        # The next fetch looks at the claims anew, and with no position of its own starts from what is committed.
        self._rewind_due = True
        self._stale = True

    async def lag(self) -> Mapping[TopicPartition, int]:
        if self._member_id is None:
            return {}
        with translated():
            return {self._names[key]: value for key, value in (await self._group.lag(self._member_id)).items()}

    async def close(self) -> None:
        if self._closed:
            return
        self._closed = True
        self._pulse.remove(self)
        self._wake.set()
        member_id, self._member_id = self._member_id, None
        if member_id is not None:
            try:
                with translated():
                    await self._group.leave(member_id)
            except Unavailable as error:
                # The session runs out by itself; a shutdown must not fail because the database went first.
                log.warning("leaving_group_failed", group=self._group_name, reason=str(error.__cause__))

    async def _fetch(self, max_records: int, deadline: float) -> Sequence[Record]:
        while not self._closed:
            # Cleared before looking, so that news arriving in between ends the wait at once.
            self._wake.clear()
            await self._synchronise()
            records = await self._read(max_records)
            remaining = deadline - time.monotonic()
            if records or remaining <= 0:
                return () if self._closed else records
            await happened(self._wake, within_seconds=min(remaining, _POLL_SECONDS))
        return ()

    async def _read(self, max_records: int) -> list[Record]:
        if not self._positions or self._member_id is None:
            return []
        found = await read(self._pool, self._group_name, self._member_id, self._positions, self._names, max_records)
        for partition_id, record in found:
            # Moved to the end: partitions just read wait until all others had their turn.
            self._positions.pop(partition_id, None)
            self._positions[partition_id] = record.offset + 1
        return [record for _, record in found]

    async def _synchronise(self) -> None:
        """Follows what the group decided: lets go of what others shall have, takes up what became ours."""
        while self._stale and not self._closed:
            self._stale = False
            try:
                await self._follow_group()
            except BaseException:
                self._stale = True
                raise

    async def _follow_group(self) -> None:
        if self._share_out:
            await self._group.rebalance()
            self._share_out = False
        self._names = (await self._topics.require(self._topic_names)).names
        if self._member_id is None:
            await self._join()
        member_id = self._member_id
        if member_id is None:
            return
        claims = await self._group.claims(member_id)
        if not claims.is_member:
            await self._drop(frozenset(self._positions))
            self._member_id = None
            self._stale = True
            return
        await self._drop(frozenset(self._positions) - claims.committed.keys())
        self._generation = claims.generation
        if claims.wanted_by_others:
            await self._tell_revoked(claims.wanted_by_others)
            await self._group.release(member_id, claims.wanted_by_others)
            self._stale = True
        kept = claims.committed.keys() - claims.wanted_by_others
        if self._rewind_due:
            self._positions.clear()
            self._rewind_due = False
        self._positions = {
            **{key: position for key, position in self._positions.items() if key in kept},
            **{key: claims.committed[key] for key in sorted(kept - self._positions.keys())},
        }

    async def _join(self) -> None:
        member_id = uuid4()
        await self._group.join(member_id, self._topic_names, self._session_seconds)
        if self._closed:
            # Closed by another task while this one was joining.
            await self._group.leave(member_id)
            return
        self._member_id = member_id
        self._stale = True

    async def _drop(self, lost: frozenset[int]) -> None:
        """Partitions that already belong to somebody else: nothing is left to hand over but what is in hand."""
        if lost:
            log.warning("partitions_lost", group=self._group_name, partitions=len(lost))
            await self._tell_revoked(lost)
            for partition_id in lost:
                self._positions.pop(partition_id, None)

    async def _tell_revoked(self, partitions: frozenset[int]) -> None:
        if self._on_revoked is not None:
            await self._on_revoked(frozenset(self._names[partition_id] for partition_id in partitions))
