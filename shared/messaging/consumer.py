"""The consumer loop: batches of events, each applied in one transaction together with the memory of having seen it."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from shared.clock import Clock
from shared.contracts.envelope import Event, EventData
from shared.db.session import Database
from shared.messaging.broker import Broker

Handler = Callable[[AsyncSession, Sequence[Event[Any]]], Awaitable[None]]
"""Applies events, in their order, within the session's transaction; does no network I/O.

Raises Poison for an event that can never be applied (only that event is then set aside, the others are handed over
again without it) and Unavailable for something that is away (the batch is tried again later).
"""


class Consumer:
    """A component: the worker of one consumer group.

    A batch is one transaction: events already seen (by group, source and id) are dropped by the inbox, then each
    distinct handler is called once, in the order of `handlers`, with its events in theirs; types that share a handler
    function come together. `deduplicate=False` leaves out the inbox, for handlers whose own table serves as one.
    """

    def __init__(
        self,
        *,
        group: str,
        handlers: Mapping[type[EventData], Handler],
        database: Database,
        broker: Broker,
        clock: Clock,
        deduplicate: bool = True,
        max_batch: int = 1000,
    ) -> None:
        self._group = group
        self._topics = tuple(sorted({model.topic for model in handlers}))
        self._handlers = handlers
        self._database = database
        self._broker = broker
        self._clock = clock
        self._deduplicate = deduplicate
        self._max_batch = max_batch

    @property
    def name(self) -> str:
        return self._group

    async def run(self, stop: asyncio.Event) -> None:
        """Consumes until `stop` is set; finishes the batch in hand."""
        raise NotImplementedError
