"""Callers that wait together share a transaction, and nothing else: neither faults nor fates."""

import asyncio
from collections.abc import AsyncIterator, Sequence

import pytest
from sqlalchemy import text

from deploy.local.postgres import PostgresServer
from shared.db.engine import create_engine
from shared.db.group_commit import GroupCommit
from shared.db.session import Database, DirectSession, driver
from shared.errors import Conflict, RateLimited, Unavailable
from tests.support.postgres import DatabaseFactory


class Toys:
    """Numbers to be kept; 13 cannot be (it breaks the transaction), and odd ones that were kept before are refused."""

    def __init__(self, database: Database, **options: int) -> None:
        self.database = database
        self.sizes: list[int] = []
        self.begun, self.open = asyncio.Event(), asyncio.Event()
        self.open.set()
        self.group = GroupCommit(database, self.keep, name="toys", **options)

    async def keep(self, session: DirectSession, toys: Sequence[int]) -> list[str | Exception]:
        self.sizes.append(len(toys))
        self.begun.set()
        await self.open.wait()
        connection = await driver(session)
        known = {row[0] for row in await connection.fetch("SELECT id FROM toys WHERE id = ANY($1::int[])", toys)}
        await connection.execute("INSERT INTO toys SELECT unnest($1::int[]) ON CONFLICT DO NOTHING", toys)
        return [Conflict("kept before", code="kept") if toy in known else f"kept {toy}" for toy in toys]

    async def kept(self) -> list[int]:
        async with self.database.snapshot() as session:
            return list(await session.scalars(text("SELECT id FROM toys ORDER BY id")))

    async def hold(self) -> "asyncio.Task[str]":
        """A caller whose transaction is under way until `open` is set, so that those after it wait."""
        self.open.clear()
        self.begun.clear()
        first = asyncio.create_task(self.group.submit(0))
        await self.begun.wait()
        return first


@pytest.fixture
async def database(database_factory: DatabaseFactory) -> AsyncIterator[Database]:
    database = Database(create_engine(await database_factory(None), pool_size=4, application_name="test"))
    async with database.transaction() as session:
        await session.execute(text("CREATE TABLE toys (id int PRIMARY KEY CHECK (id <> 13))"))
    yield database
    await database.dispose()


async def submit_all(toys: Toys, numbers: Sequence[int]) -> list[str | BaseException]:
    return await asyncio.gather(*(toys.group.submit(number) for number in numbers), return_exceptions=True)


async def test_a_lone_caller_is_not_kept_waiting_for_company(database: Database) -> None:
    toys = Toys(database)
    assert await toys.group.submit(1) == "kept 1"
    assert (toys.sizes, await toys.kept()) == ([1], [1])


async def test_who_comes_just_as_the_writer_leaves_is_served(database: Database) -> None:
    toys = Toys(database)
    async with asyncio.timeout(20):
        assert [await toys.group.submit(number) for number in range(9)] == [f"kept {number}" for number in range(9)]


async def test_what_arrives_meanwhile_goes_together_in_the_order_of_arrival(database: Database) -> None:
    toys = Toys(database, writers=1, max_group=3)
    first = await toys.hold()
    others = [asyncio.create_task(toys.group.submit(number)) for number in range(1, 6)]
    await asyncio.sleep(0)
    toys.open.set()
    assert await asyncio.gather(first, *others) == [f"kept {number}" for number in range(6)]
    assert toys.sizes == [1, 3, 2]


async def test_one_that_is_refused_or_breaks_the_transaction_fails_alone(database: Database) -> None:
    toys = Toys(database, writers=1)
    await toys.group.submit(2)
    first = await toys.hold()
    waiting = asyncio.create_task(submit_all(toys, [1, 2, 13, 14, 15]))
    await asyncio.sleep(0)
    toys.open.set()
    await first
    one, refused, broken, *rest = await waiting
    assert (one, rest) == ("kept 1", ["kept 14", "kept 15"])
    assert isinstance(refused, Conflict)
    assert "CheckViolation" in type(broken).__name__
    assert await toys.kept() == [0, 1, 2, 14, 15]


async def test_a_caller_that_went_away_is_left_out_and_spoils_nothing(database: Database) -> None:
    toys = Toys(database, writers=1)
    first = await toys.hold()
    gone, stays = (asyncio.create_task(toys.group.submit(number)) for number in (1, 2))
    await asyncio.sleep(0)
    gone.cancel()
    first.cancel()
    await asyncio.sleep(0)
    toys.open.set()
    assert await stays == "kept 2"
    assert await toys.kept() == [0, 2]  # what was under way is finished, who no longer waited was not begun


async def test_a_queue_that_is_too_long_refuses_at_once(database: Database) -> None:
    toys = Toys(database, writers=1, max_waiting=2)
    first = await toys.hold()
    waiting = [asyncio.create_task(toys.group.submit(number)) for number in (1, 2)]
    await asyncio.sleep(0)
    with pytest.raises(RateLimited) as refusal:
        await toys.group.submit(3)
    assert (refusal.value.code, refusal.value.retry_after_seconds) == ("too_busy", 1)
    toys.open.set()
    await asyncio.gather(first, *waiting)
    assert await toys.kept() == [0, 1, 2]


async def test_closing_the_database_waits_for_what_was_accepted(database: Database) -> None:
    toys = Toys(database, writers=1)
    first = await toys.hold()
    waiting = [asyncio.create_task(toys.group.submit(number)) for number in (1, 2)]
    await asyncio.sleep(0)
    closing = asyncio.create_task(database.dispose())
    toys.open.set()
    await closing
    assert await asyncio.gather(first, *waiting) == ["kept 0", "kept 1", "kept 2"]


async def test_a_deadlock_is_tried_again(database: Database) -> None:
    class Unlucky(Toys):
        async def keep(self, session: DirectSession, toys: Sequence[int]) -> list[str | Exception]:
            if not self.sizes:
                self.sizes.append(0)
                await (await driver(session)).execute("DO $$ BEGIN RAISE 'stuck' USING ERRCODE = '40P01'; END $$")
            return await super().keep(session, toys)

    toys = Unlucky(database)
    assert await toys.group.submit(1) == "kept 1"
    assert toys.sizes == [0, 1]


async def test_a_lost_connection_fails_its_group_and_not_the_next(
    database: Database, postgres_server: PostgresServer
) -> None:
    toys = Toys(database, writers=1)
    first = await toys.hold()
    administrator = await postgres_server.connect("postgres")
    async with database.snapshot() as session:
        name = await session.scalar(text("SELECT current_database()"))
    later = asyncio.create_task(toys.group.submit(1))
    await administrator.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1 AND state = 'idle in transaction'",
        name,
    )
    await administrator.close()
    toys.open.set()
    with pytest.raises(Unavailable) as failure:
        await first
    assert failure.value.code == "database_unavailable"
    assert await later == "kept 1"
    assert await toys.kept() == [1]


async def test_all_are_told_when_the_commit_itself_broke_off(database: Database) -> None:
    class CutOff(Toys):
        async def keep(self, session: DirectSession, toys: Sequence[int]) -> list[str | Exception]:
            answers = await super().keep(session, toys)
            (await driver(session)).terminate()
            return answers

    toys = CutOff(database, writers=1)
    outcomes = await submit_all(toys, [1, 2])
    codes = [outcome.code for outcome in outcomes if isinstance(outcome, Unavailable)]
    assert codes == ["commit_unknown", "commit_unknown"]
    assert await toys.kept() == []
