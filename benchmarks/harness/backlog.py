"""Timing a worker that catches up with what waits for it, whatever it is and however its progress is asked for."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping

from benchmarks.harness.accounting import Account, accounted
from benchmarks.harness.cases import Figures
from benchmarks.harness.processes import HttpProcess, ProcessFailed

Done = Callable[[], Awaitable[int]]
"""How many are done so far."""

_LOOK_SECONDS = 0.05


async def await_done(worker: HttpProcess, done: Done, wanted: int, *, seconds: float) -> int:
    """How many there were when there were at least `wanted`. Raises ProcessFailed when it took too long."""
    deadline = time.monotonic() + seconds
    while (found := await done()) < wanted:
        worker.require_running()
        if time.monotonic() > deadline:
            raise ProcessFailed(f"{found} of {wanted} were done in {seconds:.0f} s:\n{worker.tail()}")
        await asyncio.sleep(_LOOK_SECONDS)
    return found


async def catch_up(
    worker: HttpProcess, done: Done, events: int, servers: Mapping[str, int], *, seconds: float = 900.0
) -> Figures:
    """Starts `worker` and stops it again when it is done with `events` more.

    Timed from the last look at which it had done nothing, so that its start does not count, to the first one at which
    it had done all. CPU, of the worker and of `servers` by their pids, is that of the events after the first look.
    """
    before = await done()
    async with worker.running():
        began, first = await _first_done(worker, done, before, seconds)
        async with accounted({"own": worker.pid, **servers}, memory_of=["own"]) as account:
            await await_done(worker, done, before + events, seconds=seconds)
            ended = time.perf_counter()
    return {
        "per_second": events / (ended - began),
        "peak_megabytes": account.peak_megabytes["own"],
        **cpu_each(account, max(1, events - first)),
    }


async def _first_done(worker: HttpProcess, done: Done, before: int, seconds: float) -> tuple[float, int]:
    """The instant of the last look at which nothing was done, and how many were at the first one at which some were."""
    deadline = time.monotonic() + seconds
    began = time.perf_counter()
    while True:
        asked = time.perf_counter()
        if (found := await done()) > before:
            return began, found - before
        began = asked
        worker.require_running()
        if time.monotonic() > deadline:
            raise ProcessFailed(f"nothing was done in {seconds:.0f} s:\n{worker.tail()}")
        await asyncio.sleep(_LOOK_SECONDS)


def cpu_each(account: Account, events: float) -> dict[str, float]:
    """Microseconds of CPU an event, by whose they are."""
    return {f"{name}_cpu_us": seconds / events * 1e6 for name, seconds in account.cpu.items()}
