"""Waiting for something to become true, for tests over real processes."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

T = TypeVar("T")


async def eventually(condition: Callable[[], Awaitable[T]], *, seconds: float = 10.0) -> T:
    """The first true value that `condition` gives; an AssertionError in it means "not yet".

    Fails when there is none within `seconds`, and tells what the condition said last.
    """
    last = "it never returned"
    try:
        async with asyncio.timeout(seconds):
            while True:
                try:
                    value = await condition()
                except AssertionError as error:
                    last = str(error) or "an assertion in it failed"
                else:
                    if value:
                        return value
                    last = f"it gave {value!r}"
                await asyncio.sleep(0.05)  # other processes set no event of ours
    except TimeoutError:
        name = getattr(condition, "__qualname__", repr(condition))
        raise AssertionError(f"{name} did not hold in {seconds:g} s; last: {last}") from None
