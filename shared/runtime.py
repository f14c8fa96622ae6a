"""Long-running parts of a process: started in order, stopped in reverse, and the first failure stops them all."""

import asyncio
import gc
import signal
import time
from collections.abc import Callable, Coroutine, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

import structlog
import uvloop
from structlog.contextvars import bound_contextvars

from shared.errors import RapportError
from shared.observability.metrics import COMPONENT_UP, current_service

log = structlog.get_logger(__name__)


class Component(Protocol):
    """A part that runs until told to stop."""

    @property
    def name(self) -> str: ...

    async def run(self, stop: asyncio.Event) -> None:
        """Works until `stop` is set, finishes what is in hand and returns.

        Raising, or returning earlier, ends the process.
        """
        ...


@runtime_checkable
class SelfChecking(Protocol):
    """A component that knows when it should not be trusted with work; asked by /readyz."""

    @property
    def name(self) -> str: ...

    def problem(self) -> str | None:
        """What is wrong, or None. Returns at once."""
        ...


class InService:
    """A component of one service, which its logs and metrics name: several services may share a process."""

    def __init__(self, component: Component, service: str) -> None:
        self._component = component
        self.service = service

    @property
    def name(self) -> str:
        return self._component.name

    async def run(self, stop: asyncio.Event) -> None:
        await self._component.run(stop)


class ComponentFailed(Exception):
    """A component raised, or returned before it was told to stop."""

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(f"{name} {reason}")
        self.name = name


@dataclass(slots=True)
class _Running:
    component: Component
    task: asyncio.Task[None]
    stop: asyncio.Event


async def run_components(components: Sequence[Component], *, stop: asyncio.Event, grace_seconds: float = 20.0) -> None:
    """Runs `components` until `stop` is set or the first of them fails, then stops them one by one, the last first.

    All together they get `grace_seconds` to finish; what is left then is cancelled. Raises ComponentFailed, with the
    component's own error as its cause, when one failed or returned without being told to.
    """
    running: list[_Running] = []
    for component in components:
        stop_one = asyncio.Event()
        running.append(
            _Running(component, asyncio.create_task(_run(component, stop_one), name=component.name), stop_one)
        )
    told = asyncio.create_task(stop.wait())
    ended: _Running | None = None
    try:
        await asyncio.wait({told, *(one.task for one in running)}, return_when=asyncio.FIRST_COMPLETED)
        ended = next((one for one in running if one.task.done()), None)
        failure = _failure_of(ended) if ended is not None else None
    finally:
        told.cancel()
        await _stop_in_reverse([one for one in running if one is not ended], grace_seconds)
    if failure is not None:
        raise failure from failure.__cause__


async def _run(component: Component, stop: asyncio.Event) -> None:
    service = component.service if isinstance(component, InService) else current_service()
    with bound_contextvars(service=service, component=component.name):
        up = COMPONENT_UP.labels(service, component.name)
        up.set(1)
        log.info("component_started")
        try:
            await component.run(stop)
        finally:
            up.set(0)
            log.info("component_stopped")


def _failure_of(ended: _Running) -> ComponentFailed:
    name = ended.component.name
    if ended.task.cancelled():
        return ComponentFailed(name, "was cancelled")
    error = ended.task.exception()
    if error is None:
        return ComponentFailed(name, "returned without being told to stop")
    # A deliberate error says all there is to say; anything else is a bug, to be found by its traceback.
    log.error(
        "component_failed",
        component=name,
        error=repr(error),
        exc_info=None if isinstance(error, RapportError) else error,
    )
    failed = ComponentFailed(name, f"failed: {type(error).__name__}: {error}")
    failed.__cause__ = error
    return failed


async def _stop_in_reverse(running: Sequence[_Running], grace_seconds: float) -> None:
    deadline = time.monotonic() + grace_seconds
    for one in reversed(running):
        one.stop.set()
        done, _ = await asyncio.wait({one.task}, timeout=max(0.0, deadline - time.monotonic()))
        if not done:
            log.warning("component_cancelled", component=one.component.name, grace_seconds=grace_seconds)
            one.task.cancel()
            await asyncio.wait({one.task})
        elif not one.task.cancelled() and one.task.exception() is not None:
            log.warning("component_stopped_badly", component=one.component.name, error=repr(one.task.exception()))


@contextmanager
def stop_on_signals(stop: asyncio.Event) -> Iterator[None]:
    """Within the block, the first SIGINT or SIGTERM sets `stop`; a second one cancels the current task."""
    loop = asyncio.get_running_loop()
    main = asyncio.current_task()

    def handle(number: signal.Signals) -> None:
        if not stop.is_set():
            log.info("stopping", signal=number.name)
            stop.set()
        elif main is not None:
            log.warning("stopping_at_once", signal=number.name)
            main.cancel()

    signals = (signal.SIGINT, signal.SIGTERM)
    for number in signals:
        loop.add_signal_handler(number, handle, number)
    try:
        yield
    finally:
        for number in signals:
            loop.remove_signal_handler(number)


def tune_garbage_collection() -> None:
    """Once a process is set up: what lives now lives on, so full collections need not visit it (they cost 40-70 ms)."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 50, 100)


def run_process(main: Callable[[], Coroutine[Any, Any, None]]) -> int:
    """Runs `main` on uvloop and returns the exit status: 0 when it ended well, 1 when not, 130 when forced."""
    try:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(main())
    except ComponentFailed as failure:
        log.error("process_failed", reason=str(failure))
        return 1
    except (asyncio.CancelledError, KeyboardInterrupt):
        return 130
    return 0
