"""Fitting in a process of its own: minutes of arithmetic in a thread would share the interpreter with every event.

Run as a module it reads one pickled task, writes pickled answers, and ends. It is no `multiprocessing`, whose children
import the parent's main module: all of the platform, for one fit.
"""

import asyncio
import os
import pickle
import struct
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Callable
from typing import Any, BinaryIO, Final

from services.scoring.lifetime.fitting import TooLittleData
from services.scoring.lifetime.modelling import Fit, Histories, fit_histories
from services.scoring.policies.policy import LifetimePolicy

Progress = Callable[[str, float], None]

_LENGTH: Final = struct.Struct("!I")
_POLITENESS: Final = 10
"""Events are wanted within the second, a model by tomorrow."""


class FittingDied(Exception):
    """The process ended without an answer, as when the system took its memory back: worth another attempt."""


async def fit_apart(histories: Histories, policy: LifetimePolicy, progress: Progress) -> Fit | TooLittleData:
    """One fit; its process ends with it. Raises FittingDied, or RuntimeError with what went wrong there."""
    process = await asyncio.create_subprocess_exec(sys.executable, "-m", __name__, stdin=PIPE, stdout=PIPE)
    try:
        return await _converse(process, pickle.dumps((histories, policy)), progress)
    except (EOFError, asyncio.IncompleteReadError, ConnectionError):
        raise FittingDied("the process that fits models ended without an answer") from None
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def _converse(process: Process, task: bytes, progress: Progress) -> Fit | TooLittleData:
    if process.stdin is None or process.stdout is None:
        raise AssertionError("both pipes were asked for")
    process.stdin.write(_LENGTH.pack(len(task)) + task)
    await process.stdin.drain()
    while True:
        (length,) = _LENGTH.unpack(await process.stdout.readexactly(_LENGTH.size))
        kind, content = pickle.loads(await process.stdout.readexactly(length))  # noqa: S301 - from our own child
        if kind == "fit":
            return content  # type: ignore[no-any-return]
        if kind == "error":
            raise RuntimeError(f"fitting failed: {content}")
        progress(*content)


def _work(task: BinaryIO, answers: BinaryIO) -> None:
    """Its parent's death ends it with the next thing it has to tell."""
    os.nice(_POLITENESS)

    def tell(kind: str, content: Any) -> None:
        answer = pickle.dumps((kind, content))
        answers.write(_LENGTH.pack(len(answer)) + answer)
        answers.flush()

    (length,) = _LENGTH.unpack(task.read(_LENGTH.size))
    histories, policy = pickle.loads(task.read(length))  # noqa: S301 - from our own parent
    try:
        fit = fit_histories(histories, policy, lambda phase, share: tell("progress", (phase, share)))
    except BrokenPipeError:
        return  # nobody is waiting any more
    except Exception as error:
        tell("error", repr(error))
    else:
        tell("fit", fit)


if __name__ == "__main__":
    _work(sys.stdin.buffer, sys.stdout.buffer)
