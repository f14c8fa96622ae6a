"""Components: started in order, stopped in reverse, and a failure of one is the end of all."""

import asyncio
import os
import signal
import time

import pytest

from shared.observability.metrics import current_service
from shared.runtime import ComponentFailed, InService, run_components, run_process, stop_on_signals


class Part:
    """Runs until stopped; `problem` makes it fail, `linger` makes it slow to stop."""

    def __init__(
        self,
        name: str,
        journal: list[str],
        *,
        problem: Exception | None = None,
        linger: float = 0.0,
        leave: bool = False,
    ) -> None:
        self.name = name
        self._journal = journal
        self._problem = problem
        self._linger = linger
        self._leave = leave
        self.failing = asyncio.Event()

    async def run(self, stop: asyncio.Event) -> None:
        self._journal.append(f"{self.name} starts")
        try:
            if self._leave:
                return
            if self._problem is not None:
                await self.failing.wait()
                raise self._problem
            await stop.wait()
            await asyncio.sleep(self._linger)
            self._journal.append(f"{self.name} stops")
        except asyncio.CancelledError:
            self._journal.append(f"{self.name} is cancelled")
            raise


async def stopped_after(*parts: Part, grace_seconds: float = 5.0) -> None:
    stop = asyncio.Event()
    running = asyncio.create_task(run_components(parts, stop=stop, grace_seconds=grace_seconds))
    await asyncio.sleep(0.01)
    stop.set()
    await running


async def test_parts_stop_in_reverse_one_after_another() -> None:
    journal: list[str] = []

    await stopped_after(Part("a", journal), Part("b", journal, linger=0.02), Part("c", journal, linger=0.01))

    assert journal == ["a starts", "b starts", "c starts", "c stops", "b stops", "a stops"]


async def test_a_failure_stops_the_others_in_order_and_is_told() -> None:
    journal: list[str] = []
    failing = Part("b", journal, problem=RuntimeError("disk full"))
    parts = [Part("a", journal), failing, Part("c", journal)]
    failing.failing.set()

    with pytest.raises(ComponentFailed, match="b failed: RuntimeError: disk full") as caught:
        await run_components(parts, stop=asyncio.Event())

    assert isinstance(caught.value.__cause__, RuntimeError)
    assert journal[-2:] == ["c stops", "a stops"]


async def test_a_part_that_just_returns_is_a_failure_too() -> None:
    journal: list[str] = []

    with pytest.raises(ComponentFailed, match="b returned without being told to stop"):
        await run_components([Part("a", journal), Part("b", journal, leave=True)], stop=asyncio.Event())

    assert journal[-1] == "a stops"


async def test_who_takes_too_long_is_cancelled() -> None:
    journal: list[str] = []
    began = time.monotonic()

    await stopped_after(Part("a", journal), Part("slow", journal, linger=60), grace_seconds=0.05)

    assert time.monotonic() - began < 5
    assert journal[-2:] == ["slow is cancelled", "a stops"]


async def test_a_part_that_fails_while_stopping_keeps_nobody_from_stopping() -> None:
    journal: list[str] = []

    class Clumsy(Part):
        async def run(self, stop: asyncio.Event) -> None:
            await stop.wait()
            raise RuntimeError("dropped it")

    await stopped_after(Part("a", journal), Clumsy("b", journal))

    assert journal == ["a starts", "a stops"]


async def test_being_cancelled_stops_all() -> None:
    journal: list[str] = []
    running = asyncio.create_task(run_components([Part("a", journal), Part("b", journal)], stop=asyncio.Event()))
    await asyncio.sleep(0.01)

    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running

    assert journal[-2:] == ["b stops", "a stops"]


async def test_a_part_belongs_to_its_service() -> None:
    seen: list[str] = []

    class Seeing(Part):
        async def run(self, stop: asyncio.Event) -> None:
            seen.append(current_service())
            await stop.wait()

    stop = asyncio.Event()
    parts = [InService(Seeing("a", []), "toy"), InService(Seeing("a", []), "other")]
    running = asyncio.create_task(run_components(parts, stop=stop))
    await asyncio.sleep(0.01)
    stop.set()
    await running

    assert seen == ["toy", "other"]


def test_a_signal_stops_and_ends_well() -> None:
    journal: list[str] = []

    async def main() -> None:
        stop = asyncio.Event()
        with stop_on_signals(stop):
            asyncio.get_running_loop().call_later(0.02, os.kill, os.getpid(), signal.SIGTERM)
            await run_components([Part("a", journal)], stop=stop)

    assert run_process(main) == 0
    assert journal == ["a starts", "a stops"]


def test_a_second_signal_does_not_wait() -> None:
    journal: list[str] = []
    began = time.monotonic()

    async def main() -> None:
        stop = asyncio.Event()
        loop = asyncio.get_running_loop()
        with stop_on_signals(stop):
            loop.call_later(0.02, os.kill, os.getpid(), signal.SIGINT)
            loop.call_later(0.10, os.kill, os.getpid(), signal.SIGINT)
            await run_components([Part("slow", journal, linger=60)], stop=stop, grace_seconds=60)

    assert run_process(main) == 130
    assert time.monotonic() - began < 10
    assert journal[-1] == "slow is cancelled"


def test_a_failure_is_the_exit_status() -> None:
    failing = RuntimeError("no more")

    async def main() -> None:
        part = Part("a", [], problem=failing)
        part.failing.set()
        await run_components([part], stop=asyncio.Event())

    assert run_process(main) == 1
