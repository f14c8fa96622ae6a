"""Waiting for something to happen, but not for ever."""

import asyncio


async def happened(event: asyncio.Event, *others: asyncio.Event, within_seconds: float) -> bool:
    """Returns True as soon as `event` or one of `others` is set, False when none was within the time."""
    events = (event, *others)
    if any(each.is_set() for each in events):
        return True
    waits = [asyncio.ensure_future(each.wait()) for each in events]
    try:
        done, _ = await asyncio.wait(waits, timeout=within_seconds, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for wait in waits:
            wait.cancel()
    return any(wait.result() for wait in done)
