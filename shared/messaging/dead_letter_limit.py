"""When setting events aside is the rule, the fault is ours or the sender's: better to stop than to go on."""

from collections import deque
from math import inf
from typing import Self

from shared.errors import RapportError


class TooManyDeadLetters(RapportError):
    """So many events failed that the next ones would too: the process stops, and somebody should look."""


class DeadLetterLimit:
    """Counts outcomes in their order. Duplicates and skipped events count neither way."""

    def __init__(self, *, consecutive: float = 100, share: float = 0.25, window: int = 1000) -> None:
        """Stops at `consecutive` dead letters in a row, or when more than `share` of the last `window` events died."""
        self._consecutive = consecutive
        self._share = share
        self._window = window
        self._in_a_row = 0
        self._died: deque[bool] = deque(maxlen=window)

    @classmethod
    def none(cls) -> Self:
        """Never stops: for topics that outsiders write to, who must not be able to stop anything of ours."""
        return cls(consecutive=inf, share=1.0)

    def applied(self, events: int) -> None:
        if events:
            self._in_a_row = 0
            self._died.extend([False] * min(events, self._window))

    def buried(self) -> None:
        """Raises TooManyDeadLetters when this one is too many."""
        self._in_a_row += 1
        self._died.append(True)
        if self._in_a_row >= self._consecutive:
            raise _too_many(f"{self._in_a_row} events in a row")
        dead = self._died.count(True)
        if len(self._died) == self._window and dead > self._share * self._window:
            raise _too_many(f"{dead} of the last {self._window} events")


def _too_many(how_many: str) -> TooManyDeadLetters:
    return TooManyDeadLetters(
        f"{how_many} became dead letters; list them, correct the cause, restart, then redrive them",
        code="too_many_dead_letters",
    )
