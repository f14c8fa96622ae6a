"""Waiting for something to become true, for tests over real processes."""

import asyncio
from collections.abc import Awaitable, Callable


async def eventually(condition: Callable[[], Awaitable[bool]], *, seconds: float = 10.0) -> None:
    """Returns as soon as `condition` holds; fails when it does not within `seconds`."""
    try:
        async with asyncio.timeout(seconds):
            while not await condition():  # noqa: ASYNC110 - other processes set no event of ours
                await asyncio.sleep(0.05)
    except TimeoutError:
        raise AssertionError(f"{getattr(condition, '__qualname__', condition)} did not hold in {seconds:g} s") from None
