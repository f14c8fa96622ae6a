"""What happens to events between the broker and a handler, in a fixed order of concerns.

From the outside in: dead letter (isolate a culprit, set it aside, go on) > correlation > retry > timeout > metrics >
handler, the last within the one transaction of the batch. An inner concern never sees what an outer one is there for:
handlers know nothing of attempts, a retry keeps the correlation, a dead letter is written when all attempts ended.
"""

import time
from collections import Counter
from collections.abc import Sequence
from functools import partial
from typing import Any

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from shared.clock import wall_now
from shared.contracts.envelope import Event
from shared.db.session import Database
from shared.errors import Poison
from shared.messaging.attempts import Attempts, GivenUp, Pause, isolate
from shared.messaging.broker import Record
from shared.messaging.burial import bury_incoming, reason_of
from shared.messaging.codec import build, claims_of, read
from shared.messaging.consumer_metrics import ConsumerMetrics, label_of
from shared.messaging.correlation import correlated
from shared.messaging.dead_letter_limit import DeadLetterLimit
from shared.messaging.dispatch import Dispatcher
from shared.messaging.inbox import claim
from shared.messaging.twin_codec import build_twin

log = structlog.get_logger(__name__)

Delivery = tuple[Record, Event[Any]]


class Pipeline:
    def __init__(
        self,
        *,
        group: str,
        dispatcher: Dispatcher,
        database: Database,
        deduplicate: bool,
        twins: bool,
        attempts: Attempts,
        limit: DeadLetterLimit,
        metrics: ConsumerMetrics,
    ) -> None:
        self._group = group
        self._dispatch = dispatcher
        self._database = database
        self._deduplicate = deduplicate
        self._build = build_twin if twins else build
        self._attempts = attempts
        self._limit = limit
        self._metrics = metrics

    async def process(self, records: Sequence[Record], pause: Pause) -> None:
        """Returns when every record is applied, known already, skipped, or a dead letter: all of it committed.

        Raises Interrupted from `pause`, with any part of the records done, and TooManyDeadLetters.
        """
        deliveries: list[Delivery] = []
        skipped: Counter[str] = Counter()
        for record in records:
            try:
                raw = read(record)
                model = self._dispatch.models.get(raw.type)
                if model is None:
                    skipped[label_of(raw.type)] += 1
                else:
                    deliveries.append((record, self._build(raw, model)))
            except Poison as error:
                await self._bury(record, None, error, pause)
        self._metrics.skipped(skipped)
        if deliveries:
            await isolate(deliveries, partial(self._apply, pause), partial(self._reject, pause))

    async def _apply(self, pause: Pause, deliveries: Sequence[Delivery]) -> None:
        events = [event for _, event in deliveries]
        divisible = len(events) > 1
        try:
            with correlated(events):
                fresh = await self._attempts.of(lambda: self._transact(events), pause=pause, divisible=divisible)
        except GivenUp:
            if divisible:
                self._metrics.isolated()
            raise
        self._limit.applied(fresh)

    async def _transact(self, events: Sequence[Event[Any]]) -> int:
        started = time.perf_counter()
        async with self._database.transaction() as session:
            fresh = await self.apply_within(session, events)
        self._metrics.applied(events, fresh, time.perf_counter() - started)
        return len(fresh)

    def event_in(self, record: Record) -> Event[Any]:
        """Raises Poison when the record is no event, or none that this group handles."""
        raw = read(record)
        model = self._dispatch.models.get(raw.type)
        if model is None:
            raise Poison(
                f"{self._group} handles no events of type {raw.type}; discard it, or upgrade the service",
                code="event_type_unhandled",
                field="type",
            )
        return self._build(raw, model)

    async def apply_within(self, session: AsyncSession, events: Sequence[Event[Any]]) -> Sequence[Event[Any]]:
        """Applies those of `events` that are new within the session's transaction, and returns them."""
        fresh = await claim(session, self._group, events) if self._deduplicate else events
        if fresh:
            await self._dispatch(session, fresh)
        return fresh

    async def _reject(self, pause: Pause, delivery: Delivery, error: Exception) -> None:
        await self._bury(*delivery, error, pause)

    async def _bury(self, record: Record, event: Event[Any] | None, error: Exception, pause: Pause) -> None:
        if not await self._attempts.of(lambda: self._write_letter(record, event, error), pause=pause):
            return  # it was there already, when this record came before
        claims, (code, reason, field) = claims_of(record.headers, record.value), reason_of(error)
        log.error(
            "event_dead_lettered",
            topic=record.topic,
            partition=record.partition,
            offset=record.offset,
            event_id=claims.event_id,
            type=claims.type,
            code=code,
            reason=reason,
            field=field,
            exc_info=None if isinstance(error, Poison | TimeoutError) else error,
        )
        self._metrics.buried(claims.type, code)
        self._limit.buried()

    async def _write_letter(self, record: Record, event: Event[Any] | None, error: Exception) -> bool:
        now = wall_now()
        async with self._database.transaction() as session:
            # Marked as seen, so that another copy of it is a duplicate rather than a second letter; redriving knows the
            # mark by its instant, the letter's own. A record that is no event is known by its place alone: its sender
            # may correct it and send it again under the same id.
            if event is not None and self._deduplicate and not await claim(session, self._group, [event], at=now):
                return False
            return await bury_incoming(session, consumer=self._group, record=record, error=error, at=now)
