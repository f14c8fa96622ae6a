"""Fitting in a process of its own: minutes of arithmetic in a thread would share the interpreter with every event."""

import multiprocessing
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import Any

from services.scoring.lifetime.fitting import TooLittleData
from services.scoring.lifetime.modelling import Fit, Histories, fit_histories
from services.scoring.policies.policy import LifetimePolicy

Progress = Callable[[str, float], None]


class FittingDied(Exception):
    """The process ended without an answer, as when the system took its memory back: worth another attempt."""


class FittingProcess:
    """One fit in a process of its own. Its worker's death ends it with the next thing it has to tell."""

    def __init__(self, histories: Histories, policy: LifetimePolicy) -> None:
        # Spawned, not forked: a fork would inherit sockets of the database and locks held by other threads.
        context = multiprocessing.get_context("spawn")
        self._answers, theirs = context.Pipe(duplex=False)
        self._process = context.Process(target=_work, args=(theirs, histories, policy), name="fitting", daemon=True)
        self._process.start()
        theirs.close()  # or its end would never be noticed here

    def result(self, progress: Progress) -> Fit | TooLittleData:
        """Waits, telling of the progress; to be called in a thread. Raises FittingDied, and what went wrong there."""
        try:
            while True:
                kind, content = self._answers.recv()
                if kind == "fit":
                    return content  # type: ignore[no-any-return]
                if kind == "error":
                    raise RuntimeError(f"fitting failed: {content}")
                progress(*content)
        except EOFError:
            raise FittingDied("the process that fits models ended without an answer") from None

    def end(self) -> None:
        """Stops it, if it is still at work."""
        self._process.kill()
        self._process.join()
        self._process.close()


def _work(answers: "Connection[Any, Any]", histories: Histories, policy: LifetimePolicy) -> None:
    def tell(phase: str, share: float) -> None:
        answers.send(("progress", (phase, share)))

    try:
        fit = fit_histories(histories, policy, tell)
    except BrokenPipeError:
        return  # nobody is waiting any more
    except Exception as error:
        answers.send(("error", repr(error)))
    else:
        answers.send(("fit", fit))
