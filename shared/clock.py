"""Business time as a port, so that years can be rehearsed in seconds; latency and leases use the wall clock instead."""

import asyncio
from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """The instant at which the business believes itself to be."""

    def now(self) -> datetime:
        """The current business instant, aware, in UTC. Never goes backwards by more than a system clock does."""
        ...

    async def changed(self, timeout_seconds: float) -> None:
        """Returns after `timeout_seconds` of real time, or at once when business time is moved by hand."""
        ...


def wall_now() -> datetime:
    """The real instant, whatever the business clock says: for latencies, leases and tokens."""
    return datetime.now(UTC)


class SystemClock:
    def now(self) -> datetime:
        return datetime.now(UTC)

    async def changed(self, timeout_seconds: float) -> None:
        await asyncio.sleep(timeout_seconds)


class SteppedClock:
    """Stands still until moved forward: for rehearsals and tests, within one process and one event loop."""

    def __init__(self, start: datetime) -> None:
        if start.tzinfo is None:
            raise ValueError("a clock needs an aware instant, for example datetime(1997, 1, 1, tzinfo=UTC)")
        self._now = start.astimezone(UTC)
        self._moved = asyncio.Event()

    def now(self) -> datetime:
        return self._now

    def move_to(self, instant: datetime) -> None:
        """Raises ValueError when `instant` is naive or lies before the present: time is never taken back."""
        if instant.tzinfo is None:
            raise ValueError("a clock needs an aware instant")
        if instant < self._now:
            raise ValueError(f"the clock stands at {self._now.isoformat()} and cannot go back to {instant.isoformat()}")
        self._now = instant.astimezone(UTC)
        moved, self._moved = self._moved, asyncio.Event()
        moved.set()

    async def changed(self, timeout_seconds: float) -> None:
        try:
            await asyncio.wait_for(self._moved.wait(), timeout_seconds)
        except TimeoutError:
            return
