"""Timed work: each job runs once per tick across all replicas, in the transaction that moves its tick on."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

import structlog
from sqlalchemy import Column, DateTime, MetaData, Table, Text, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from structlog.contextvars import bound_contextvars

from shared.clock import Clock
from shared.db.session import Database
from shared.errors import RapportError, Unavailable
from shared.observability.metrics import JOB_DELAY_SECONDS, JOB_FAILURES, JOB_RUNS, JOB_SECONDS, current_service

log = structlog.get_logger(__name__)

Run = Callable[[AsyncSession, datetime], Awaitable[bool]]

SHORTEST_WAIT_SECONDS = 0.05
LONGEST_WAIT_SECONDS = 30.0
HELD_ELSEWHERE_SECONDS = 1.0
SHORTEST_BACKOFF_SECONDS = 0.25
LONGEST_BACKOFF_SECONDS = 60.0
FAILURES_BEFORE_NOT_READY = 3
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def add_scheduling_table(metadata: MetaData) -> Table:
    """Defines `scheduled_jobs` in a service's metadata; its first migration creates it."""
    return Table(
        "scheduled_jobs",
        metadata,
        Column("name", Text, primary_key=True),
        Column("next_tick_at", DateTime(timezone=True), nullable=False),
    )


_jobs = add_scheduling_table(MetaData())


@dataclass(frozen=True, slots=True)
class Job:
    """Timed work. Ticks are the multiples of `every` since 1970-01-01 UTC, in business time.

    `run(session, tick)` works within the transaction that advances the tick, so it happens once, whatever crashes. It
    returns True when there is more to do at once: it is then called again in a new transaction, before the tick
    advances. It does no network I/O. After downtime, `each` runs every missed tick in order, `latest` only the last. A
    job's very first tick is the one before its first start.
    """

    name: str
    every: timedelta
    run: Run
    catch_up: Literal["each", "latest"] = "latest"

    def tick_at(self, instant: datetime) -> datetime:
        """The last tick not after `instant`."""
        return instant - (instant - _EPOCH) % self.every


class Scheduler:
    """A component that runs `jobs`, each in a loop of its own, so that a slow or broken one holds up no other.

    Any number of replicas may run the same jobs on the same database: a row lock lets one of them run a tick and the
    others pass by. Unavailable and bugs are retried with backoff, without an end; a job that keeps failing is shown by
    `problem`.
    """

    def __init__(self, jobs: Sequence[Job], database: Database, clock: Clock, *, name: str = "scheduler") -> None:
        if len({job.name for job in jobs}) != len(jobs):
            raise ValueError("two jobs of one scheduler have the same name")
        self._loops = [_JobLoop(job, database, clock) for job in jobs]
        self._name = name

    @property
    def name(self) -> str:
        return self._name

    def problem(self) -> str | None:
        failing = [
            f"{loop.job.name} failed {loop.failures} times: {loop.last_error}" for loop in self._loops if loop.stuck
        ]
        return "; ".join(failing) or None

    async def run(self, stop: asyncio.Event) -> None:
        async with asyncio.TaskGroup() as group:
            for loop in self._loops:
                group.create_task(loop.run(stop))
            await stop.wait()


class _JobLoop:
    """One job, for as long as the process lives."""

    def __init__(self, job: Job, database: Database, clock: Clock) -> None:
        self.job = job
        self.failures = 0
        self.last_error = ""
        self._database = database
        self._clock = clock
        self._next_tick_at: datetime | None = None
        """As this process set it last; another replica may have moved it on since, which the next try then shows."""

    @property
    def stuck(self) -> bool:
        return self.failures >= FAILURES_BEFORE_NOT_READY

    async def run(self, stop: asyncio.Event) -> None:
        stopped = asyncio.create_task(stop.wait())
        try:
            with bound_contextvars(job=self.job.name):
                while not stop.is_set():
                    await self._work_and_rest(stop, stopped)
        finally:
            stopped.cancel()

    async def _work_and_rest(self, stop: asyncio.Event, stopped: asyncio.Task[Any]) -> None:
        # Listening begins before the clock is read: a move between the two would be slept through.
        moved = asyncio.create_task(self._clock.changed(LONGEST_WAIT_SECONDS))
        try:
            await asyncio.sleep(0)
            seconds = await self._attempt(stop)
            wakers = {stopped} if self.failures else {stopped, moved}
            await asyncio.wait(wakers, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        finally:
            moved.cancel()

    async def _attempt(self, stop: asyncio.Event) -> float:
        """Runs all that is due, and returns for how many seconds to rest."""
        try:
            return await self._run_due(stop)
        except Unavailable as error:
            log.warning("job_unavailable", reason=error.detail)
            return self._back_off(error, outcome="unavailable")
        except Exception as error:
            log.error("job_failed", failures=self.failures + 1, exc_info=error)
            return self._back_off(error, outcome="failed")

    async def _run_due(self, stop: asyncio.Event) -> float:
        while not stop.is_set():
            next_tick_at = self._next_tick_at or await self._find_next_tick() or await self._register()
            wait = (next_tick_at - self._clock.now()).total_seconds()
            if wait > 0:
                # Nothing is due: what failed here was only the looking, or another replica has done the tick.
                self._forget_failures()
                return min(max(wait, SHORTEST_WAIT_SECONDS), LONGEST_WAIT_SECONDS)
            if not await self._run_tick():
                return HELD_ELSEWHERE_SECONDS
        return 0.0

    async def _run_tick(self) -> bool:
        """One transaction of the job; False when another replica is at it, or has just done it."""
        started = time.perf_counter()
        async with self._database.transaction() as session:
            now = self._clock.now()
            due = await session.scalar(
                select(_jobs.c.next_tick_at)
                .where(_jobs.c.name == self.job.name, _jobs.c.next_tick_at <= now)
                .with_for_update(skip_locked=True)
            )
            if due is None:
                self._next_tick_at = None
                return False
            tick = due if self.job.catch_up == "each" else max(due, self.job.tick_at(now))
            more = await self.job.run(session, tick)
            following = self.job.tick_at(tick) + self.job.every
            if not more:
                await session.execute(update(_jobs).where(_jobs.c.name == self.job.name).values(next_tick_at=following))
        self._next_tick_at = None if more else following
        self._succeeded(seconds=time.perf_counter() - started, late=(now - tick).total_seconds())
        return True

    async def _find_next_tick(self) -> datetime | None:
        async with self._database.snapshot() as session:
            return await session.scalar(select(_jobs.c.next_tick_at).where(_jobs.c.name == self.job.name))

    async def _register(self) -> datetime:
        first = self.job.tick_at(self._clock.now())
        async with self._database.transaction() as session:
            row = insert(_jobs).values(name=self.job.name, next_tick_at=first)
            await session.execute(row.on_conflict_do_nothing())
        return first

    def _succeeded(self, *, seconds: float, late: float) -> None:
        labels = (current_service(), self.job.name)
        JOB_RUNS.labels(*labels, "done").inc()
        JOB_SECONDS.labels(*labels).observe(seconds)
        JOB_DELAY_SECONDS.labels(*labels).set(late)
        self._forget_failures()

    def _forget_failures(self) -> None:
        if self.failures:
            JOB_FAILURES.labels(current_service(), self.job.name).set(0)
        self.failures = 0

    def _back_off(self, error: Exception, *, outcome: str) -> float:
        labels = (current_service(), self.job.name)
        self.failures += 1
        # Its text stays in the log: /readyz is read by many, and the text may hold data.
        self.last_error = error.detail if isinstance(error, RapportError) else type(error).__name__
        JOB_RUNS.labels(*labels, outcome).inc()
        JOB_FAILURES.labels(*labels).set(self.failures)
        return min(LONGEST_BACKOFF_SECONDS, SHORTEST_BACKOFF_SECONDS * 2.0 ** min(self.failures - 1, 16))
