"""Background work: step after step, patient with failures, and open about them."""

import asyncio

import pytest

from services.scoring import background as module
from services.scoring.background import Background
from shared.errors import Unavailable


async def run_until(background: Background, done: asyncio.Event) -> None:
    stop = asyncio.Event()
    running = asyncio.create_task(background.run(stop))
    async with asyncio.timeout(10):
        await done.wait()
        stop.set()
        await running


async def test_it_takes_steps_as_long_as_there_are_any() -> None:
    left, done = 5, asyncio.Event()

    async def step() -> bool:
        nonlocal left
        left -= 1
        if left == 0:
            done.set()
        return left > 0

    await run_until(Background("test", step, idle_seconds=0.01), done)
    assert left == 0


async def test_it_rests_longer_the_longer_there_was_nothing_and_is_quick_again_after_work(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    steps, rests, stop = iter([False, False, False, False, True, False]), list[float](), asyncio.Event()

    async def step() -> bool:
        return next(steps)

    async def rest(stop: asyncio.Event, *, within_seconds: float) -> None:
        rests.append(within_seconds)
        if len(rests) == 5:
            stop.set()

    monkeypatch.setattr(module, "happened", rest)
    await Background("test", step, idle_seconds=1.0, longest_idle_seconds=3.0).run(stop)
    assert rests == [1.0, 1.5, 2.25, 3.0, 1.0]


async def test_it_goes_on_after_failures_and_shows_those_that_persist() -> None:
    attempts, done = 0, asyncio.Event()
    problems: list[str | None] = []

    async def step() -> bool:
        nonlocal attempts
        attempts += 1
        problems.append(background.problem())
        if attempts == 1:
            raise Unavailable("away", code="database_unavailable")
        if attempts == 2:
            raise ValueError("a bug")
        done.set()
        return False

    background = Background("test", step, idle_seconds=0.01)
    await run_until(background, done)
    assert attempts >= 3
    assert problems[:3] == [None, None, None]
    assert background.problem() is None


async def test_failures_that_persist_are_a_problem() -> None:
    attempts, done = 0, asyncio.Event()

    async def step() -> bool:
        nonlocal attempts
        attempts += 1
        if attempts == 4:
            done.set()
        raise ValueError("a bug")

    background = Background("test", step, idle_seconds=0.01)
    await run_until(background, done)
    assert background.problem() == "test failed 4 times: ValueError"
