"""The consumer: one group's worker, from its subscription to its handlers, put together.

A batch is one transaction: events already seen (by group, source and id) are dropped by the inbox, then each distinct
handler is called once, in the order of `handlers`, with its events in theirs; types that share a handler function come
together. What goes wrong is dealt with in `pipeline`, when batches are read and committed in `consumer_loop`.
"""

import asyncio
from collections.abc import Mapping

from structlog.contextvars import bound_contextvars

from shared.contracts.envelope import EventData
from shared.db.session import Database
from shared.messaging.attempts import Attempts
from shared.messaging.broker import Broker
from shared.messaging.consumer_loop import ConsumerLoop
from shared.messaging.consumer_metrics import ConsumerMetrics
from shared.messaging.dead_letter_limit import DeadLetterLimit
from shared.messaging.dispatch import Dispatcher, Handler
from shared.messaging.pipeline import Pipeline
from shared.messaging.redriving import Redriver
from shared.messaging.retry import RetryPolicy
from shared.observability.metrics import current_service

__all__ = ["Consumer", "Handler"]


class Consumer:
    """A component. Several of one group, in any number of processes, share its partitions.

    `deduplicate=False` leaves out the inbox, for handlers whose own table serves as one. `twins=True` hands out twins
    (`shared/twins`) of envelopes and data, which are read several times faster than the models. A handler
    that takes longer than `handler_timeout_seconds` is broken off, with smaller and smaller batches and then a few
    times with the one event that remains. `limit` says when dead letters are too many to go on.
    """

    def __init__(
        self,
        *,
        group: str,
        handlers: Mapping[type[EventData], Handler],
        database: Database,
        broker: Broker,
        deduplicate: bool = True,
        twins: bool = False,
        max_batch: int = 1000,
        handler_timeout_seconds: float = 30.0,
        policy: RetryPolicy | None = None,
        limit: DeadLetterLimit | None = None,
    ) -> None:
        self._group = group
        self._dispatcher = Dispatcher(handlers)
        self._database = database
        self._broker = broker
        self._deduplicate = deduplicate
        self._twins = twins
        self._max_batch = max_batch
        self._handler_timeout = handler_timeout_seconds
        self._policy = policy or RetryPolicy()
        self._limit = limit or DeadLetterLimit()

    @property
    def name(self) -> str:
        return self._group

    @property
    def types(self) -> frozenset[type[EventData]]:
        """The types this consumer has a handler for."""
        return frozenset(self._dispatcher.models.values())

    async def run(self, stop: asyncio.Event) -> None:
        """Consumes until `stop` is set; the batch in hand is finished and its offsets are committed.

        Raises TooManyDeadLetters, and whatever is neither an event's fault nor a passing one.
        """
        with bound_contextvars(consumer=self._group):
            metrics = ConsumerMetrics(service=current_service(), group=self._group)
            attempts = Attempts(self._policy, timeout_seconds=self._handler_timeout, on_retry=metrics.retried)
            pipeline = Pipeline(
                group=self._group,
                dispatcher=self._dispatcher,
                database=self._database,
                deduplicate=self._deduplicate,
                twins=self._twins,
                attempts=attempts,
                limit=self._limit,
                metrics=metrics,
            )
            loop = ConsumerLoop(
                group=self._group,
                topics=self._dispatcher.topics,
                broker=self._broker,
                process=pipeline.process,
                attempts=attempts,
                metrics=metrics,
                max_batch=self._max_batch,
            )
            redriver = Redriver(group=self._group, database=self._database, pipeline=pipeline, attempts=attempts)
            try:
                async with asyncio.TaskGroup() as tasks:
                    tasks.create_task(loop.run(stop), name=f"{self._group}-loop")
                    tasks.create_task(redriver.run(stop), name=f"{self._group}-redriving")
            except BaseExceptionGroup as failures:
                raise failures.exceptions[0] from None  # the first one cancelled the other
