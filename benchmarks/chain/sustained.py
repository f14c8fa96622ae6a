"""The highest rate at which scoring stays behind the door by no more than a moment: stepped up, held, verified."""

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass

from benchmarks.chain.latency import recent_story
from benchmarks.chain.platform import Chain
from benchmarks.harness.accounting import accounted
from benchmarks.harness.cases import Figures
from benchmarks.harness.processes import ProcessFailed
from benchmarks.ingest import doors
from benchmarks.ingest.doors import Door, as_batch
from benchmarks.load.http import open_loop

_DOOR = Door(doors.BATCH.path, doors.BATCH.media_type, as_batch, batch=100, connections=8)
_LOOK_SECONDS = 0.25
_MOST_LAG_SECONDS = 1.0
"""Worth of events: more than that behind at the end of a hold is not bounded."""
_MOST_LATE_SECONDS = 1.0
"""The door's own answers: later than that it is the door that cannot keep up."""
_DRAINING_SECONDS = 120.0
_FIRST = 1_000
_LEAST = 20
_STEP_UP = 1.5
_BISECTIONS = 2


@dataclass(slots=True)
class SustainedRun:
    """One search; a later one begins just below where the last one ended."""

    chain: Chain
    hold_seconds: float
    found: float = 0.0

    async def measure(self) -> Figures:
        low, high = 0.0, 0.0
        rate = self.found / _STEP_UP if self.found else _FIRST
        while not high:
            if await self._holds(rate, self.hold_seconds):
                low, rate = rate, rate * _STEP_UP
            elif low:
                high = rate
            elif rate < _LEAST:
                raise ProcessFailed(f"not even {rate:.0f} events a second are sustained")
            else:
                rate /= _STEP_UP
        for _ in range(_BISECTIONS):
            middle = (low + high) / 2
            low, high = (middle, high) if await self._holds(middle, self.hold_seconds) else (low, middle)
        return await self._verify(low)

    async def _verify(self, rate: float) -> Figures:
        """Twice as long; what does not hold that long is lowered until it does."""
        pids = self.chain.pids
        while True:
            async with accounted(pids) as account:
                held = await self._holds(rate, 2 * self.hold_seconds)
            if held:
                self.found = rate
                events = rate * 2 * self.hold_seconds
                return {"per_second": rate, **_cpu_each(account.cpu, events)}
            rate *= 0.9

    async def _holds(self, rate: float, seconds: float) -> bool:
        """Whether the lag stayed bounded; everything is scored again when this returns, whatever became of it."""
        chain = self.chain
        before = await chain.facts()
        requests = _DOOR.requests(
            chain.url("interaction"), recent_story(chain, int(rate * seconds)), chain.site.headers()
        )
        events = len(requests) * _DOOR.batch
        lags: list[float] = []
        watching = asyncio.create_task(self._watch(before, rate, lags))
        try:
            result = await open_loop(
                chain.url("interaction"), requests, connections=_DOOR.connections, per_second=rate / _DOOR.batch
            )
        finally:
            watching.cancel()
        result.require_success()
        drained = await chain.await_facts(before + events - _DOOR.batch + 1, seconds=_DRAINING_SECONDS)
        second_half = lags[len(lags) // 2 :]
        return (
            drained
            and max(second_half, default=0.0) <= _MOST_LAG_SECONDS
            and max(result.latencies[len(result.latencies) // 2 :]) <= _MOST_LATE_SECONDS
        )

    async def _watch(self, before: int, rate: float, lags: list[float]) -> None:
        """Notes by how many seconds' worth of events scoring is behind what was due at the door."""
        began = time.perf_counter()
        while True:
            due = (time.perf_counter() - began) * rate
            lags.append((due - (await self.chain.facts() - before)) / rate)
            await asyncio.sleep(_LOOK_SECONDS)


def _cpu_each(cpu: Mapping[str, float], events: float) -> dict[str, float]:
    """Microseconds an event, of all our processes together and of each server."""
    spent = {"own": 0.0}
    for name, seconds in cpu.items():
        place = name if name in ("postgres", "kafka") else "own"
        spent[place] = spent.get(place, 0.0) + seconds / events * 1e6
    return {f"{name}_cpu_us": microseconds for name, microseconds in spent.items()}
