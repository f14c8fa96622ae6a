"""What one provider is sent at once: places that go to the most urgent first, some of them to the urgent only."""

import asyncio
import heapq
import itertools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from services.notification.values import Lane

_ORDER = {lane: place for place, lane in enumerate(Lane)}


class Places:
    """`total` at once, of which what is not urgent leaves `reserved` free."""

    def __init__(self, total: int, *, reserved: int) -> None:
        self._free = total
        self._reserved = min(reserved, total - 1)
        self._waiting: list[tuple[int, int, asyncio.Future[None]]] = []
        self._arrivals = itertools.count()

    @asynccontextmanager
    async def taken(self, lane: Lane) -> AsyncIterator[None]:
        """A place for the time of the block; within a lane they are given in the order of asking."""
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._waiting, (_ORDER[lane], next(self._arrivals), turn))
        self._give()
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():
                self._free += 1
                self._give()
            raise
        try:
            yield
        finally:
            self._free += 1
            self._give()

    def _give(self) -> None:
        while self._waiting:
            lane, _, turn = self._waiting[0]
            if turn.done():
                heapq.heappop(self._waiting)
                continue
            if self._free <= (0 if lane == _ORDER[Lane.URGENT] else self._reserved):
                return
            heapq.heappop(self._waiting)
            self._free -= 1
            turn.set_result(None)
