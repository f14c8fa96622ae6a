"""Makes a database large in minutes: rows the service wrote itself, copied within PostgreSQL under new identities."""

from collections.abc import Collection

import asyncpg

from benchmarks.harness.site import Site

_COLUMNS = """
SELECT attname FROM pg_attribute
WHERE attrelid = $1::regclass AND attnum > 0 AND NOT attisdropped AND attidentity = '' ORDER BY attnum
"""
_TYPE = "SELECT format_type(atttypid, atttypmod) FROM pg_attribute WHERE attrelid = $1::regclass AND attname = $2"


async def multiply(site: Site, database: str, table: str, *, times: int, renewed: Collection[str]) -> int:
    """Adds `times` copies of every row of `table`, whose columns `renewed` (UUIDs or texts) get values of their own.

    Returns how many rows there are then; statistics are brought up to date, as after weeks of autovacuum.
    """
    connection = await site.postgres.connect(database)
    try:
        names = [row["attname"] for row in await connection.fetch(_COLUMNS, table)]
        values = [await _renewal(connection, table, name) if name in renewed else f'r."{name}"' for name in names]
        columns = ", ".join(f'"{name}"' for name in names)
        statement = f'INSERT INTO "{table}" ({columns}) SELECT {", ".join(values)} FROM "{table}" AS r'  # noqa: S608
        if times:
            await connection.execute(f"{statement} CROSS JOIN generate_series(1, {times}) AS copy (number)")
        await connection.execute(f'VACUUM (ANALYZE) "{table}"')
        return int(await connection.fetchval(f'SELECT count(*) FROM "{table}"'))  # noqa: S608
    finally:
        await connection.close()


async def _renewal(connection: "asyncpg.Connection[asyncpg.Record]", table: str, column: str) -> str:
    text = f"r.\"{column}\"::text || '-' || copy.number"
    kind = await connection.fetchval(_TYPE, table, column)
    return f"md5({text})::uuid" if kind == "uuid" else text
