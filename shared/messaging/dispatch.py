"""Which handler gets which events of a batch."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from shared.contracts.envelope import Event, EventData

Handler = Callable[[AsyncSession, Sequence[Event[Any]]], Awaitable[None]]
"""Applies events, in their order, within the session's transaction; does no network I/O.

Raises Poison for an event that can never be applied (only that event is then set aside, the others are handed over
again without it) and Unavailable for something that is away (the batch is tried again later).
"""


class Dispatcher:
    """Calls each distinct handler once, in the order of `handlers`, with its events in theirs.

    Types that share a handler function come together, in the order in which they were published per customer.
    """

    def __init__(self, handlers: Mapping[type[EventData], Handler]) -> None:
        self.models = {model.event_type: model for model in handlers}
        self.topics = tuple(sorted({model.topic for model in handlers}))
        self._distinct = tuple(dict.fromkeys(handlers.values()))
        self._place = {model.event_type: self._distinct.index(handler) for model, handler in handlers.items()}

    async def __call__(self, session: AsyncSession, events: Sequence[Event[Any]]) -> None:
        if len(self._distinct) == 1:
            shares: list[Sequence[Event[Any]]] = [events]
        else:
            sorted_out: list[list[Event[Any]]] = [[] for _ in self._distinct]
            for event in events:
                sorted_out[self._place[event.data.event_type]].append(event)
            shares = list(sorted_out)
        for handler, share in zip(self._distinct, shares, strict=True):
            if share:
                await handler(session, share)
