"""A conversation with PostgreSQL, taken down and said again: the same rows come of it."""

from pathlib import Path
from typing import TypeAlias

import asyncpg
import pytest

from benchmarks.harness.wire import Recording, ReplayFailed, recorded, replay
from deploy.local.postgres import SUPERUSER, PostgresServer
from tests.support.postgres import DatabaseFactory

Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record]"
ROWS = [(number, f"row {number}") for number in range(500)]


def name_of(dsn: str) -> str:
    return dsn.partition("?")[0].rpartition("/")[2]


async def prepare(server: PostgresServer, factory: DatabaseFactory) -> str:
    """The name of a database with an empty table."""
    database = name_of(await factory())
    connection = await server.connect(database)
    await connection.execute("CREATE TABLE facts (number int PRIMARY KEY, text text)")
    await connection.close()
    return database


async def converse(connection: Connection) -> None:
    """Every way of talking that a service has: simple, prepared, in a transaction, copying."""
    numbers, texts = map(list, zip(*ROWS[:300], strict=True))
    await connection.execute("SET application_name = 'recorded'")
    async with connection.transaction():
        insert = "INSERT INTO facts SELECT * FROM unnest($1::int[], $2::text[]) RETURNING number"
        assert len(await connection.fetch(insert, numbers, texts)) == 300
        await connection.copy_records_to_table("facts", records=ROWS[300:])
    assert await connection.fetchval("SELECT number FROM facts WHERE text = $1 FOR UPDATE", "row 7") == 7


async def record(server: PostgresServer, database: str, folder: Path) -> Recording:
    async with recorded(server.socket_dir, folder) as recording:
        telling = await asyncpg.connect(host=str(folder), user=SUPERUSER, database=database)
        silent = await asyncpg.connect(host=str(folder), user=SUPERUSER, database=database)
        await converse(telling)
        await silent.fetchval("SELECT 1")
        await telling.close()
        await silent.close()
    return recording


async def read_rows(server: PostgresServer, database: str) -> list[tuple[int, str]]:
    connection = await server.connect(database)
    try:
        return [(row["number"], row["text"]) for row in await connection.fetch("SELECT * FROM facts ORDER BY number")]
    finally:
        await connection.close()


async def test_what_was_recorded_comes_about_again_in_another_database(
    postgres_server: PostgresServer, database_factory: DatabaseFactory, tmp_path: Path
) -> None:
    first, second = [await prepare(postgres_server, database_factory) for _ in range(2)]
    recording = await record(postgres_server, first, tmp_path / "w")
    assert await replay(recording, postgres_server.socket_dir, second) > 0
    assert await read_rows(postgres_server, second) == ROWS == await read_rows(postgres_server, first)


async def test_only_conversations_about_something_are_kept(
    postgres_server: PostgresServer, database_factory: DatabaseFactory, tmp_path: Path
) -> None:
    recording = await record(postgres_server, await prepare(postgres_server, database_factory), tmp_path / "w")
    assert {turn.connection for turn in recording.turns} == {0, 1}
    assert {turn.connection for turn in recording.about(b"facts").turns} == {0}


async def test_a_replay_over_what_is_there_already_fails_loudly(
    postgres_server: PostgresServer, database_factory: DatabaseFactory, tmp_path: Path
) -> None:
    database = await prepare(postgres_server, database_factory)
    recording = await record(postgres_server, database, tmp_path / "w")
    with pytest.raises(ReplayFailed, match="duplicate key"):
        await replay(recording, postgres_server.socket_dir, database)
