"""A broker whose every answer a test scripts, for what no real one does on command."""

import asyncio
from collections import deque
from collections.abc import Mapping, Sequence

from shared.contracts.topics import TopicSpec
from shared.messaging.broker import OutgoingRecord, Record, Revoked, Subscription, TopicPartition
from shared.waiting import happened


class ScriptedSubscription:
    """Gives the batches it was told to give, then nothing; raises the failures it was told of first."""

    def __init__(self, *batches: Sequence[Record]) -> None:
        self.batches = deque(batches)
        self.fetch_failures: deque[Exception] = deque()
        self.commit_failures: deque[Exception] = deque()
        self.committed: list[Mapping[TopicPartition, int]] = []
        self.rewinds = 0
        self.batch_on_close: Sequence[Record] = ()
        self.closed = asyncio.Event()
        self.on_revoked: Revoked | None = None
        self._given: deque[Sequence[Record]] = deque()

    async def fetch(self, max_records: int, max_wait_seconds: float) -> Sequence[Record]:
        if self.fetch_failures:
            raise self.fetch_failures.popleft()
        if self.batches:
            self._given.append(self.batches.popleft())
            return self._given[-1]
        closed = await happened(self.closed, within_seconds=max_wait_seconds)
        return self.batch_on_close if closed else ()

    async def commit(self, offsets: Mapping[TopicPartition, int]) -> None:
        if self.commit_failures:
            raise self.commit_failures.popleft()
        self.committed.append(offsets)
        self._given.clear()

    async def rewind(self) -> None:
        self.rewinds += 1
        self.batches.extendleft(reversed(self._given))
        self._given.clear()

    async def lag(self) -> Mapping[TopicPartition, int]:
        return {}

    async def close(self) -> None:
        self.closed.set()


class ScriptedBroker:
    def __init__(self, subscription: ScriptedSubscription) -> None:
        self.subscription = subscription
        self.subscribe_failures: deque[Exception] = deque()

    async def start(self) -> None: ...

    async def stop(self) -> None: ...

    async def ensure_topics(self, specs: Sequence[TopicSpec]) -> None: ...

    async def publish(self, records: Sequence[OutgoingRecord]) -> None:
        raise NotImplementedError

    async def subscribe(self, group: str, topics: Sequence[str], *, on_revoked: Revoked | None = None) -> Subscription:
        if self.subscribe_failures:
            raise self.subscribe_failures.popleft()
        self.subscription.on_revoked = on_revoked
        return self.subscription

    async def healthy(self) -> bool:
        return True
