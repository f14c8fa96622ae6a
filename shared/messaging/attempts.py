"""Trying again, in place and with patience: what is away holds up the work, but not its end."""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

import structlog

from shared.errors import RapportError, Unavailable
from shared.messaging.retry import RetryPolicy, jittered
from shared.waiting import happened

log = structlog.get_logger(__name__)

T = TypeVar("T")
Pause = Callable[[float], Awaitable[None]]
"""Waits so many seconds, or raises Interrupted when there is no use in waiting any longer."""


class Interrupted(Exception):
    """The work was told to end, or lost its partitions, while it waited for its next attempt: nothing was changed."""


class GivenUp(Exception):
    """The last attempt failed with `error`, and the policy does not allow another."""

    def __init__(self, error: Exception) -> None:
        super().__init__(str(error))
        self.error = error


def pause_unless(event: asyncio.Event, *others: asyncio.Event) -> Pause:
    """A pause that `event` or any of `others` interrupts."""

    async def pause(seconds: float) -> None:
        if await happened(event, *others, within_seconds=seconds):
            raise Interrupted

    return pause


class Attempts:
    """Attempts at pieces of work: `patiently` for what cannot fail for good, `of` for what can."""

    def __init__(
        self, policy: RetryPolicy, *, timeout_seconds: float = 30.0, on_retry: Callable[[], None] = lambda: None
    ) -> None:
        self._policy = policy
        self._timeout = timeout_seconds
        self._on_retry = on_retry

    async def of(self, work: Callable[[], Awaitable[T]], *, pause: Pause, divisible: bool = False) -> T:
        """The result of the first attempt that succeeds, each limited in time.

        Raises GivenUp with the failure that ended them, and Interrupted from `pause`. Divisible work that took too long
        is given up at once, since half of it may not.
        """
        attempt = 0
        while True:
            attempt += 1
            try:
                async with asyncio.timeout(self._timeout):
                    return await work()
            except Exception as error:
                delay = self._policy.delay(error, attempt)
                if delay is None or (divisible and isinstance(error, TimeoutError)):
                    raise GivenUp(error) from error
                seconds = _noted(error, attempt, delay)
            self._on_retry()
            await pause(seconds)

    async def patiently(self, work: Callable[[], Awaitable[T]], *, pause: Pause) -> T:
        """The same without limit of time, for as long as something is Unavailable; other errors pass through."""
        attempt = 0
        while True:
            attempt, started = attempt + 1, time.monotonic()
            try:
                return await work()
            except Unavailable as error:
                if time.monotonic() - started > self._policy.longest_delay_seconds:
                    attempt = 1  # it had worked for a while: this outage is a new one
                seconds = _noted(error, attempt, self._policy.delay(error, attempt) or 0.0)
            await pause(seconds)


async def isolate(
    items: Sequence[T],
    attempt: Callable[[Sequence[T]], Awaitable[None]],
    reject: Callable[[T, Exception], Awaitable[None]],
) -> None:
    """Attempts all items at once; if that is given up, each half on its own, down to the culprits, in their order.

    A culprit costs two attempts per halving rather than one per item. Whatever `attempt` or `reject` raise other than
    GivenUp from `attempt` passes through.
    """
    try:
        await attempt(items)
    except GivenUp as failure:
        error = failure.error
    else:
        return
    if len(items) == 1:
        await reject(items[0], error)
        return
    middle = len(items) // 2
    await isolate(items[:middle], attempt, reject)
    await isolate(items[middle:], attempt, reject)


def _noted(error: Exception, attempt: int, delay: float) -> float:
    """The seconds to wait before the next attempt, told to whoever reads the logs."""
    seconds = jittered(delay, random.random())  # noqa: S311 - spreads retries, guards nothing
    code, cause = type(error).__name__, None
    if isinstance(error, RapportError):
        code, cause = error.code, repr(error.__cause__) if error.__cause__ is not None else None
    log.warning("attempt_failed", code=code, cause=cause, attempt=attempt, next_in_seconds=round(seconds, 2))
    return seconds
