"""The transaction edge: what is committed, what is not, and which failures pass."""

import asyncio
from collections.abc import AsyncIterator

import asyncpg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError, InvalidRequestError, ProgrammingError

from deploy.local.postgres import PostgresServer
from shared.db.engine import create_engine
from shared.db.locks import advisory_key, transaction_lock, try_transaction_lock
from shared.db.session import Database, driver, is_passing
from shared.errors import Unavailable
from tests.support.postgres import DatabaseFactory


@pytest.fixture
async def database(database_factory: DatabaseFactory) -> AsyncIterator[Database]:
    database = Database(create_engine(await database_factory(None), pool_size=3, application_name="test"))
    async with database.transaction() as session:
        await session.execute(
            text("CREATE TABLE toys (id int PRIMARY KEY, owner int UNIQUE DEFERRABLE INITIALLY DEFERRED)")
        )
    yield database
    await database.dispose()


async def count(database: Database) -> int:
    async with database.snapshot() as session:
        return int(await session.scalar(text("SELECT count(*) FROM toys")) or 0)


async def test_a_block_that_ends_well_is_committed(database: Database) -> None:
    async with database.transaction() as session:
        await session.execute(text("INSERT INTO toys VALUES (1)"))

    assert await count(database) == 1


async def test_an_error_rolls_back(database: Database) -> None:
    async def insert_and_fail() -> None:
        async with database.transaction() as session:
            await session.execute(text("INSERT INTO toys VALUES (1)"))
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await insert_and_fail()

    assert await count(database) == 0


async def test_a_snapshot_cannot_write(database: Database) -> None:
    with pytest.raises(Exception, match="read-only"):
        async with database.snapshot() as session:
            await session.execute(text("INSERT INTO toys VALUES (1)"))


async def test_a_snapshot_sees_one_state(database: Database) -> None:
    async with database.snapshot() as reading:
        before = await reading.scalar(text("SELECT count(*) FROM toys"))
        async with database.transaction() as writing:
            await writing.execute(text("INSERT INTO toys VALUES (1)"))
        after = await reading.scalar(text("SELECT count(*) FROM toys"))

    assert (before, after) == (0, 0)


async def test_a_session_ends_with_its_block(database: Database) -> None:
    async with database.transaction() as session:
        await session.execute(text("SELECT 1"))

    with pytest.raises(InvalidRequestError):
        await session.execute(text("SELECT 1"))


async def test_no_connection_is_taken_before_the_first_statement(database: Database) -> None:
    async with database.transaction(), database.snapshot():
        assert database.engine.pool.checkedout() == 0  # type: ignore[attr-defined]


async def test_a_broken_rule_is_no_passing_failure(database: Database) -> None:
    with pytest.raises(IntegrityError):
        async with database.transaction() as session:
            await session.execute(text("INSERT INTO toys VALUES (1), (1)"))
    with pytest.raises(IntegrityError):  # found at the commit only
        async with database.transaction() as session:
            await session.execute(text("INSERT INTO toys VALUES (1, 7), (2, 7)"))


async def test_a_lock_that_cannot_be_had_is_a_passing_failure(database: Database) -> None:
    async with database.transaction() as holding:
        await holding.execute(text("LOCK TABLE toys"))
        with pytest.raises(Unavailable) as caught:
            async with database.transaction() as waiting:
                await waiting.execute(text("LOCK TABLE toys NOWAIT"))

    assert caught.value.code == "database_unavailable"


async def test_errors_of_the_driver_are_judged_alike(database: Database) -> None:
    with pytest.raises(Unavailable):
        async with database.transaction() as session:
            await (await driver(session)).execute("SELECT pg_terminate_backend(pg_backend_pid())")
    with pytest.raises(asyncpg.DataError):
        async with database.transaction() as session:
            await (await driver(session)).execute("SELECT $1::int", "no number")
    with pytest.raises(asyncpg.UndefinedTableError):
        async with database.transaction() as session:
            await (await driver(session)).execute("SELECT * FROM nothing")

    assert await count(database) == 0


async def test_a_wrongly_typed_parameter_is_a_bug_not_a_passing_failure(database: Database) -> None:
    with pytest.raises(Exception, match="no number") as caught:
        async with database.transaction() as session:
            await session.execute(text("SELECT CAST(:value AS int)"), {"value": "no number"})

    assert not is_passing(caught.value)


async def test_parameters_are_kept_out_of_messages(database: Database) -> None:
    with pytest.raises(ProgrammingError) as caught:
        async with database.transaction() as session:
            await session.execute(text("SELECT :email FROM nothing"), {"email": "li.lei@example.com"})

    assert "li.lei" not in str(caught.value)


async def test_a_server_that_is_not_there_is_a_passing_failure(own_postgres_server: PostgresServer) -> None:
    database = Database(create_engine(own_postgres_server.dsn("postgres"), pool_size=2, application_name="test"))
    own_postgres_server.stop()

    with pytest.raises(Unavailable):
        await database.check()


async def test_connections_that_the_server_closed_are_replaced_unnoticed(own_postgres_server: PostgresServer) -> None:
    database = Database(create_engine(own_postgres_server.dsn("postgres"), pool_size=3, application_name="test"))
    async with database.snapshot() as one, database.snapshot() as two:
        await one.execute(text("SELECT 1"))
        await two.execute(text("SELECT 1"))
    own_postgres_server.stop()
    own_postgres_server.start()
    await asyncio.sleep(0.01)  # the event loop hears of the closed sockets

    for _ in range(3):
        assert await database.check() is None
    await database.dispose()


async def test_an_error_of_the_block_itself_stays_what_it_is(database: Database) -> None:
    with pytest.raises(FileNotFoundError):
        async with database.transaction():
            raise FileNotFoundError("a template")


async def test_a_lock_has_one_holder_until_its_transaction_ends(database: Database) -> None:
    key = advisory_key("toys", "1")
    async with database.transaction() as first:
        await transaction_lock(first, key)
        async with database.transaction() as second:
            assert not await try_transaction_lock(second, key)
            assert await try_transaction_lock(second, advisory_key("toys", "2"))
    async with database.transaction() as third:
        assert await try_transaction_lock(third, key)
