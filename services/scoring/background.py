"""Work that waits in the database rather than for a tick: fits to run, customers to rescore."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

import structlog

from shared.errors import RapportError, Unavailable
from shared.waiting import happened

log = structlog.get_logger(__name__)

Step = Callable[[], Awaitable[bool]]
"""One piece of work, in transactions of its own; False when there was none. Several processes may run it at once."""

_LONGEST_IDLE_SECONDS: Final = 5.0
_SLOWER: Final = 1.5
_LONGEST_BACKOFF_SECONDS: Final = 30.0
_FAILURES_BEFORE_NOT_READY: Final = 3


class Background:
    """A component that takes step after step, and looks again shortly when there is nothing to do: after `idle_seconds`
    first, and half as long again each time up to `longest_idle_seconds`, so that an idle platform rests.

    It looks by the wall clock, since a new model must be used even where business time stands still. Failures are
    retried with backoff, without an end; when they persist `problem` shows them.
    """

    def __init__(
        self, name: str, step: Step, *, idle_seconds: float = 1.0, longest_idle_seconds: float = _LONGEST_IDLE_SECONDS
    ) -> None:
        self._name = name
        self._step = step
        self._idle_seconds = idle_seconds
        self._longest_idle_seconds = longest_idle_seconds
        self._rest = idle_seconds
        self._failures = 0
        self._last_error = ""

    @property
    def name(self) -> str:
        return self._name

    def problem(self) -> str | None:
        if self._failures < _FAILURES_BEFORE_NOT_READY:
            return None
        return f"{self._name} failed {self._failures} times: {self._last_error}"

    async def run(self, stop: asyncio.Event) -> None:
        while not stop.is_set():
            rest = await self._attempt()
            if rest > 0:
                await happened(stop, within_seconds=rest)

    async def _attempt(self) -> float:
        """Takes one step, and returns for how many seconds to rest."""
        try:
            more = await self._step()
        except Unavailable as error:
            log.warning("background_unavailable", component=self._name, reason=error.detail)
            return self._back_off(error)
        except Exception as error:
            log.error("background_failed", component=self._name, exc_info=error)
            return self._back_off(error)
        self._failures = 0
        if more:
            self._rest = self._idle_seconds
            return 0.0
        rest = self._rest
        self._rest = min(rest * _SLOWER, max(self._idle_seconds, self._longest_idle_seconds))
        return rest

    def _back_off(self, error: Exception) -> float:
        self._failures += 1
        # Its text stays in the log: /readyz is read by many, and the text may hold data.
        self._last_error = error.detail if isinstance(error, RapportError) else type(error).__name__
        return min(_LONGEST_BACKOFF_SECONDS, self._idle_seconds * 2.0 ** min(self._failures, 16))
