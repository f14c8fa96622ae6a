"""Waiting for something to happen, but not for ever."""

import asyncio


async def happened(*events: asyncio.Event, within_seconds: float) -> bool:
    """Returns True as soon as one of `events` is set, False when none was within the time."""
    if any(event.is_set() for event in events):
        return True
    waits = [asyncio.ensure_future(event.wait()) for event in events]
    try:
        done, _ = await asyncio.wait(waits, timeout=within_seconds, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for wait in waits:
            wait.cancel()
    return bool(done)
