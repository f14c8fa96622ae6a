"""What processes cost while something is measured: seconds of CPU, and memory as PSS."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager

import psutil

_SAMPLING_SECONDS = 0.25


def cpu_seconds(pid: int) -> float:
    """User and system time of a process and all below it, those that have ended included; 0 when it is gone."""
    try:
        process = psutil.Process(pid)
        family = [process, *process.children(recursive=True)]
    except psutil.NoSuchProcess:
        return 0.0
    total = 0.0
    for one in family:
        with contextlib.suppress(psutil.NoSuchProcess):
            times = one.cpu_times()
            total += times.user + times.system + times.children_user + times.children_system
    return total


def megabytes(pid: int) -> float:
    """Proportional set size of a process and all below it: a page that several map is divided among them.

    Where the system does not tell PSS, USS (pages of one process alone) is taken.
    """
    total = 0.0
    with contextlib.suppress(psutil.NoSuchProcess):
        process = psutil.Process(pid)
        for one in [process, *process.children(recursive=True)]:
            with contextlib.suppress(psutil.NoSuchProcess):
                memory = one.memory_full_info()
                total += getattr(memory, "pss", memory.uss) / 1_000_000
    return total


class Account:
    """What was spent within `accounted`, per name."""

    def __init__(self, pids: dict[str, int]) -> None:
        self._pids = pids
        self._before = {name: cpu_seconds(pid) for name, pid in pids.items()}
        self.cpu: dict[str, float] = {}
        self.peak_megabytes: dict[str, float] = dict.fromkeys(pids, 0.0)

    def look(self, names: Iterable[str]) -> None:
        for name in names:
            self.peak_megabytes[name] = max(self.peak_megabytes[name], megabytes(self._pids[name]))

    def close(self) -> None:
        self.cpu = {name: cpu_seconds(pid) - self._before[name] for name, pid in self._pids.items()}


@asynccontextmanager
async def accounted(pids: dict[str, int], *, memory_of: Iterable[str] = ()) -> AsyncIterator[Account]:
    """The account is complete when the block has ended; the memory of those named is looked at four times a second."""
    account = Account(pids)
    names = tuple(memory_of)

    async def sample() -> None:
        while True:
            account.look(names)
            await asyncio.sleep(_SAMPLING_SECONDS)

    sampling = asyncio.create_task(sample())
    try:
        yield account
    finally:
        sampling.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await sampling
        account.close()
