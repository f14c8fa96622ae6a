"""The rows that a door writes, written again by PostgreSQL's fastest plain ways: the ceiling of any door."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import asyncpg

from benchmarks.harness.cases import Figures
from benchmarks.harness.site import Site

_TABLES = """
SELECT c.relname FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p') AND NOT c.relispartition ORDER BY c.relname
"""
_COLUMNS = """
SELECT attname, format_type(atttypid, atttypmod) AS type FROM pg_attribute
WHERE attrelid = $1::regclass AND attnum > 0 AND NOT attisdropped AND attidentity = '' ORDER BY attnum
"""
Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record]"


@dataclass(frozen=True, slots=True)
class TableRows:
    """What was written to one table: its columns with their types, and the rows."""

    table: str
    columns: dict[str, str]
    rows: Sequence[tuple[Any, ...]]

    @property
    def unnest(self) -> str:
        names = ", ".join(f'"{name}"' for name in self.columns)
        arrays = ", ".join(f"${place}::{kind}[]" for place, kind in enumerate(self.columns.values(), start=1))
        return f'INSERT INTO "{self.table}" ({names}) SELECT * FROM unnest({arrays})'  # noqa: S608 - names of the catalogue


async def count_rows(site: Site, database: str) -> dict[str, int]:
    """Of every table."""
    connection = await site.postgres.connect(database)
    try:
        tables = [row["relname"] for row in await connection.fetch(_TABLES)]
        return {table: await connection.fetchval(f'SELECT count(*) FROM "{table}"') for table in tables}  # noqa: S608
    finally:
        await connection.close()


async def read_new_rows(site: Site, database: str, before: dict[str, int]) -> list[TableRows]:
    """Of the tables that were empty before: what a door wrote for events of customers that were known."""
    connection = await site.postgres.connect(database)
    try:
        found = []
        for table, counted in before.items():
            if counted:
                continue
            columns = {row["attname"]: row["type"] for row in await connection.fetch(_COLUMNS, table)}
            names = ", ".join(f'"{name}"' for name in columns)
            rows = [tuple(row) for row in await connection.fetch(f'SELECT {names} FROM "{table}"')]  # noqa: S608
            if rows:
                found.append(TableRows(table, columns, rows))
        return found
    finally:
        await connection.close()


@dataclass
class SqlCeiling:
    """`events` as `tables` hold them, `batch` of them in a transaction, on one connection, over and over."""

    site: Site
    template: str
    tables: Sequence[TableRows]
    events: int
    batch: int

    async def by_unnest(self) -> Figures:
        return await self._measure(_insert)

    async def by_copy(self) -> Figures:
        return await self._measure(_copy)

    async def _measure(self, write: Any) -> Figures:
        database = await self.site.clone(self.template)
        await self.site.settle()
        connection = await self.site.postgres.connect(database)
        try:
            began = time.perf_counter()
            for start in range(0, self.events, self.batch):
                async with connection.transaction():
                    for part in self.tables:
                        await write(connection, part, _share(part.rows, start, self.batch, self.events))
            return {"per_second": self.events / (time.perf_counter() - began)}
        finally:
            await connection.close()
            await self.site.drop(database)


def _share(rows: Sequence[tuple[Any, ...]], start: int, batch: int, events: int) -> Sequence[tuple[Any, ...]]:
    """The rows of a batch of events, where there may be more or fewer rows than events."""
    return rows[start * len(rows) // events : min(events, start + batch) * len(rows) // events]


async def _insert(connection: Connection, part: TableRows, rows: Sequence[tuple[Any, ...]]) -> None:
    await connection.execute(part.unnest, *(list(column) for column in zip(*rows, strict=True)))


async def _copy(connection: Connection, part: TableRows, rows: Sequence[tuple[Any, ...]]) -> None:
    await connection.copy_records_to_table(part.table, records=rows, columns=list(part.columns))
