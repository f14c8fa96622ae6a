"""Timed jobs on a real database, with business time moved by hand and several replicas."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from sqlalchemy import Column, DateTime, MetaData, Table, Text, insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from shared.clock import SteppedClock, SystemClock
from shared.db.engine import create_engine
from shared.db.session import Database
from shared.errors import Unavailable
from shared.scheduling import Job, Run, Scheduler, add_scheduling_table
from tests.support.eventually import eventually
from tests.support.postgres import DatabaseFactory

METADATA = MetaData()
add_scheduling_table(METADATA)
RUNS = Table("runs", METADATA, Column("job", Text), Column("tick", DateTime(timezone=True)))
NOON = datetime(1997, 3, 1, 12, 30, tzinfo=UTC)
DAY = timedelta(days=1)


def day(number: int) -> datetime:
    """Midnight of a day in March 1997."""
    return datetime(1997, 3, number, tzinfo=UTC)


@pytest.fixture
async def database(database_factory: DatabaseFactory) -> AsyncIterator[Database]:
    database = Database(create_engine(await database_factory(None), pool_size=10, application_name="test"))
    async with database.engine.begin() as connection:
        await connection.run_sync(METADATA.create_all)
    yield database
    await database.dispose()


def recording(name: str) -> Run:
    async def run(session: AsyncSession, tick: datetime) -> bool:
        await session.execute(insert(RUNS).values(job=name, tick=tick))
        return False

    return run


async def ticks(database: Database, job: str = "daily") -> list[datetime]:
    async with database.snapshot() as session:
        return list(await session.scalars(select(RUNS.c.tick).where(RUNS.c.job == job).order_by(RUNS.c.tick)))


async def expect_ticks(database: Database, *expected: datetime, job: str = "daily") -> None:
    async def reached() -> bool:
        assert await ticks(database, job) == list(expected)
        return True

    await eventually(reached, seconds=20)


@asynccontextmanager
async def running(*schedulers: Scheduler) -> AsyncIterator[None]:
    stop = asyncio.Event()
    async with asyncio.TaskGroup() as group:
        for scheduler in schedulers:
            group.create_task(scheduler.run(stop))
        yield
        stop.set()


async def test_the_tick_of_the_present_period_runs_at_the_first_start(database: Database) -> None:
    async with running(Scheduler([Job("daily", DAY, recording("daily"))], database, SteppedClock(NOON))):
        await expect_ticks(database, day(1))


async def test_a_moved_clock_wakes_at_once(database: Database) -> None:
    clock = SteppedClock(NOON)
    async with running(Scheduler([Job("daily", DAY, recording("daily"))], database, clock)):
        await expect_ticks(database, day(1))
        for number in range(2, 8):
            began = asyncio.get_running_loop().time()
            clock.move_to(day(number))
            await expect_ticks(database, *map(day, range(1, number + 1)))
            assert asyncio.get_running_loop().time() - began < 10  # it would rest for 30 s by itself


async def test_each_runs_every_missed_tick_and_latest_only_the_last(database: Database) -> None:
    clock = SteppedClock(NOON)
    jobs = [
        Job("each", DAY, recording("each"), catch_up="each"),
        Job("latest", DAY, recording("latest"), catch_up="latest"),
    ]
    async with running(Scheduler(jobs, database, clock)):
        await expect_ticks(database, day(1), job="each")
        await expect_ticks(database, day(1), job="latest")
    clock.move_to(day(5) + timedelta(hours=1))

    async with running(Scheduler(jobs, database, clock)):
        await expect_ticks(database, *map(day, range(1, 6)), job="each")
        await expect_ticks(database, day(1), day(5), job="latest")


async def test_replicas_share_the_ticks(database: Database) -> None:
    clock = SteppedClock(NOON)
    replicas = [Scheduler([Job("daily", DAY, recording("daily"), catch_up="each")], database, clock) for _ in range(3)]
    async with running(*replicas):
        await expect_ticks(database, day(1))
        for number in range(2, 12):
            clock.move_to(day(number))
        await expect_ticks(database, *map(day, range(1, 12)))


async def test_there_may_be_more_to_do_before_the_tick_is_done(database: Database) -> None:
    portions = iter([True, True, False])

    async def run(session: AsyncSession, tick: datetime) -> bool:
        await session.execute(insert(RUNS).values(job="daily", tick=tick))
        return next(portions)

    async with running(Scheduler([Job("daily", DAY, run)], database, SteppedClock(NOON))):
        await expect_ticks(database, day(1), day(1), day(1))


async def test_a_failing_run_leaves_nothing_and_is_tried_again(database: Database) -> None:
    failures = iter([RuntimeError("a bug"), Unavailable("away", code="away"), None])

    async def run(session: AsyncSession, tick: datetime) -> bool:
        await session.execute(insert(RUNS).values(job="daily", tick=tick))
        failure = next(failures)
        if failure is not None:
            raise failure
        return False

    async with running(Scheduler([Job("daily", DAY, run)], database, SteppedClock(NOON))):
        await expect_ticks(database, day(1))


async def test_a_broken_job_stops_no_other_and_shows(database: Database) -> None:
    async def broken(_session: AsyncSession, _tick: datetime) -> bool:
        raise RuntimeError("no such template")

    clock = SteppedClock(NOON)
    scheduler = Scheduler([Job("broken", DAY, broken), Job("daily", DAY, recording("daily"))], database, clock)
    async with running(scheduler):
        await expect_ticks(database, day(1))
        assert scheduler.problem() is None

        async def shown() -> str | None:
            return scheduler.problem()

        told = await eventually(shown)
        assert told is not None
        assert told.startswith("broken failed 3 times: RuntimeError")
        assert "no such template" not in told


async def test_an_outage_is_forgotten_once_all_is_seen_to_be_done(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = SteppedClock(NOON)
    scheduler = Scheduler([Job("daily", DAY, recording("daily"))], database, clock)
    async with running(scheduler):
        await expect_ticks(database, day(1))
    restarted = Scheduler([Job("daily", DAY, recording("daily"))], database, clock)
    snapshot = database.snapshot
    away = asyncio.Event()

    def refused() -> AbstractAsyncContextManager[AsyncSession]:
        if away.is_set():
            raise Unavailable("the database does not answer", code="database_unavailable")
        return snapshot()

    monkeypatch.setattr(database, "snapshot", refused)
    away.set()
    async with running(restarted):

        async def shown() -> str | None:
            return restarted.problem()

        assert await eventually(shown)
        away.clear()

        async def forgotten() -> bool:
            return restarted.problem() is None

        await eventually(forgotten)
        assert await ticks(database) == [day(1)]


async def test_a_slow_job_holds_up_no_other(database: Database) -> None:
    release = asyncio.Event()

    async def slow(_session: AsyncSession, _tick: datetime) -> bool:
        await release.wait()
        return False

    async with running(
        Scheduler([Job("slow", DAY, slow), Job("daily", DAY, recording("daily"))], database, SteppedClock(NOON))
    ):
        await expect_ticks(database, day(1))
        release.set()


async def test_real_time_is_waited_for(database: Database) -> None:
    every = timedelta(milliseconds=200)
    async with running(Scheduler([Job("often", every, recording("often"), catch_up="each")], database, SystemClock())):

        async def thrice() -> bool:
            return len(await ticks(database, "often")) >= 3

        await eventually(thrice)
    seen = await ticks(database, "often")
    assert all(later - earlier == every for earlier, later in pairwise(seen))


def test_ticks_are_multiples_since_1970() -> None:
    job = Job("daily", DAY, recording("daily"))

    assert job.tick_at(NOON) == day(1)
    assert job.tick_at(day(1)) == day(1)


def test_names_are_unique() -> None:
    job = Job("daily", DAY, recording("daily"))
    database = Database(
        create_engine("postgresql+asyncpg://nobody@localhost/none", pool_size=2, application_name="test")
    )

    with pytest.raises(ValueError, match="same name"):
        Scheduler([job, job], database, SystemClock())
