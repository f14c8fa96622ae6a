"""SQL made of a condition says what the condition says in memory."""

import asyncio
from datetime import datetime
from typing import Any

import asyncpg
from hypothesis import given, settings

from shared.conditions.condition import holds
from shared.conditions.reading import read_condition
from shared.conditions.sql import to_sql
from tests.support.conditions import SQL_TYPES, VOCABULARY, documents, facts, instants
from tests.support.postgres import DatabaseFactory

Connection = Any

_FIELDS = list(VOCABULARY.fields.values())
_COLUMNS = {field.name: f"subject.{field.name}" for field in _FIELDS}
_SUBJECT = ", ".join(f"${place}::{SQL_TYPES[field.type]} AS {field.name}" for place, field in enumerate(_FIELDS, 1))


async def compare(connection: Connection, document: Any, subject: dict[str, Any], at: datetime) -> bool:
    condition = read_condition(document, VOCABULARY)
    sql = to_sql(condition, _COLUMNS, at, first_parameter=len(_FIELDS) + 1)
    values = [list(value) if isinstance(value := subject[field.name], frozenset) else value for field in _FIELDS]
    said = await connection.fetchval(f"SELECT {sql.text} FROM (SELECT {_SUBJECT}) AS subject", *values, *sql.parameters)
    assert said is holds(condition, subject, at), sql.text
    return bool(said)


async def test_sql_and_memory_agree(database_factory: DatabaseFactory) -> None:
    """Hypothesis runs in a thread of its own and hands each case to this loop, where the connection lives."""
    dsn = (await database_factory(None)).replace("+asyncpg", "")
    connection = await asyncpg.connect(dsn, statement_cache_size=0)
    loop, said = asyncio.get_running_loop(), set[bool]()

    @settings(max_examples=150, deadline=None)
    @given(document=documents, subject=facts, at=instants)
    def agree(document: Any, subject: dict[str, Any], at: datetime) -> None:
        said.add(asyncio.run_coroutine_threadsafe(compare(connection, document, subject, at), loop).result())

    try:
        await asyncio.to_thread(agree)
    finally:
        await connection.close()
    assert said == {True, False}
