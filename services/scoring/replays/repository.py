"""SQL of replays: the rows in use and the rebuilt ones beside them, and the exchange of both tables."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from services.scoring.facts import packing
from services.scoring.facts.state import CustomerState
from services.scoring.replays.comparison import Difference, Row
from shared.db.session import driver

_NEXT = """
SELECT customer_id FROM (
    (SELECT DISTINCT customer_id FROM facts WHERE customer_id >= $1 ORDER BY customer_id LIMIT $2)
    UNION (SELECT customer_id FROM customer_statistics WHERE customer_id >= $1 ORDER BY customer_id LIMIT $2)
    UNION (SELECT customer_id FROM scores WHERE customer_id >= $1 ORDER BY customer_id LIMIT $2)
) AS anybody ORDER BY customer_id LIMIT $2
"""

_UPSERT = f"""
INSERT INTO replayed_statistics (customer_id, {", ".join(packing.COLUMNS)})
SELECT * FROM unnest($1::uuid[], $2::int[], $3::int[], $4::int[], $5::bigint[], $6::bigint[], $7::bigint[],
                     $8::bigint[], $9::bytea[], $10::bytea[])
ON CONFLICT (customer_id) DO UPDATE
SET {", ".join(f"{name} = EXCLUDED.{name}" for name in packing.COLUMNS)}
RETURNING (xmax = 0) AS new
"""  # noqa: S608 - fixed names

_INSERT_DIFFERENCES = """
INSERT INTO replay_differences (replay_id, customer_id, verdict, fields, mended)
SELECT $1, customer_id, verdict, fields, false
FROM unnest($2::uuid[], $3::text[], $4::jsonb[]) AS portion (customer_id, verdict, fields)
"""

_COUNT_DIFFERENCES = """
SELECT verdict, count(*) AS customers, count(*) FILTER (WHERE mended) AS mended
FROM replay_differences WHERE replay_id = $1 GROUP BY verdict
"""

_COUNT_FIELDS = """
SELECT name, count(*) AS customers FROM replay_differences, jsonb_object_keys(fields) AS name
WHERE replay_id = $1 GROUP BY name ORDER BY customers DESC, name LIMIT $2
"""

_LIST_DIFFERENCES = """
SELECT customer_id, verdict, fields, mended FROM replay_differences
WHERE replay_id = $1 AND ($2::uuid IS NULL OR customer_id > $2) AND ($3::text IS NULL OR verdict = $3)
  AND ($4::text IS NULL OR fields ? $4)
ORDER BY customer_id LIMIT $5
"""

_UNMENDED = "SELECT customer_id FROM replay_differences WHERE replay_id = $1 AND NOT mended ORDER BY 1 LIMIT $2"

_EXCHANGE: Final = (
    "ALTER TABLE customer_statistics RENAME TO replaced_statistics",
    "ALTER TABLE replayed_statistics RENAME TO customer_statistics",
    "ALTER TABLE replaced_statistics RENAME TO replayed_statistics",
    "ALTER INDEX pk_customer_statistics RENAME TO pk_replaced_statistics",
    "ALTER INDEX pk_replayed_statistics RENAME TO pk_customer_statistics",
    "ALTER INDEX pk_replaced_statistics RENAME TO pk_replayed_statistics",
)

_PRUNE = """
DELETE FROM replay_differences WHERE (replay_id, customer_id) IN (
    SELECT replay_id, customer_id FROM replay_differences JOIN replays USING (replay_id)
    WHERE finished_at < $1 LIMIT $2)
"""


async def limit_waiting(session: AsyncSession) -> None:
    """Locks are not waited for long, since everybody who comes later waits behind."""
    # Longer than deadlock_timeout (1 s), after which an autovacuum that stands in the way gives up.
    await (await driver(session)).execute("SET LOCAL lock_timeout = '2s'")


async def empty(session: AsyncSession) -> None:
    """Forgets what was rebuilt, or after the exchange what was in use before."""
    await (await driver(session)).execute("TRUNCATE replayed_statistics")


async def exchange(session: AsyncSession) -> None:
    """The rebuilt table takes the place of the one in use; who locked that one keeps both for themselves."""
    connection = await driver(session)
    for statement in _EXCHANGE:
        await connection.execute(statement)


async def lock_everybody_out(session: AsyncSession) -> None:
    """Nobody reads or writes statistics from here on until the transaction ends; who does now is waited for."""
    await (await driver(session)).execute("LOCK TABLE customer_statistics IN ACCESS EXCLUSIVE MODE")


async def analyze(session: AsyncSession) -> None:
    await (await driver(session)).execute("ANALYZE replayed_statistics")


async def list_next(session: AsyncSession, after: UUID | None, limit: int) -> list[UUID]:
    """Customers by id who have facts, statistics or a told score."""
    first = UUID(int=0 if after is None else after.int + 1)
    return [row[0] for row in await (await driver(session)).fetch(_NEXT, first, limit)]


async def read_rows(session: AsyncSession, table: str, customer_ids: Sequence[UUID]) -> dict[UUID, Row]:
    statement = f"SELECT * FROM {table} WHERE customer_id = ANY ($1::uuid[])"  # noqa: S608 - fixed names
    return {row["customer_id"]: row for row in await (await driver(session)).fetch(statement, list(customer_ids))}


async def write_rebuilt(session: AsyncSession, states: Mapping[UUID, CustomerState]) -> int:
    """Returns how many had not been rebuilt before."""
    if not states:
        return 0
    columns = zip(*(packing.row_of(state) for state in states.values()), strict=True)
    rows = await (await driver(session)).fetch(_UPSERT, list(states), *columns)
    return sum(row["new"] for row in rows)


async def write_differences(
    session: AsyncSession, replay_id: UUID, customer_ids: Sequence[UUID], found: Mapping[UUID, Difference]
) -> None:
    """Of all these customers, in place of what was found before."""
    connection = await driver(session)
    await connection.execute(
        "DELETE FROM replay_differences WHERE replay_id = $1 AND customer_id = ANY ($2::uuid[])",
        replay_id,
        list(customer_ids),
    )
    fields = [msgspec.json.encode(one.fields).decode() for one in found.values()]
    verdicts = [one.verdict for one in found.values()]
    await connection.execute(_INSERT_DIFFERENCES, replay_id, list(found), verdicts, fields)


async def forget_differences(session: AsyncSession, replay_id: UUID) -> None:
    await (await driver(session)).execute("DELETE FROM replay_differences WHERE replay_id = $1", replay_id)


async def count_differences(session: AsyncSession, replay_id: UUID) -> Sequence[Mapping[str, Any]]:
    """By verdict; of each how many are mended."""
    rows: Sequence[Mapping[str, Any]] = await (await driver(session)).fetch(_COUNT_DIFFERENCES, replay_id)
    return rows


async def count_fields(session: AsyncSession, replay_id: UUID, most: int) -> dict[str, int]:
    """Customers in whom each field differs, of the `most` fields that differ most often."""
    return {row[0]: row[1] for row in await (await driver(session)).fetch(_COUNT_FIELDS, replay_id, most)}


async def list_differences(
    session: AsyncSession, replay_id: UUID, *, after: UUID | None, limit: int, verdict: str | None, name: str | None
) -> Sequence[Mapping[str, Any]]:
    rows: Sequence[Mapping[str, Any]] = await (await driver(session)).fetch(
        _LIST_DIFFERENCES, replay_id, after, verdict, name, limit
    )
    return rows


async def list_unmended(session: AsyncSession, replay_id: UUID, limit: int) -> list[UUID]:
    return [row[0] for row in await (await driver(session)).fetch(_UNMENDED, replay_id, limit)]


async def mark_mended(session: AsyncSession, replay_id: UUID, customer_ids: Sequence[UUID]) -> None:
    await (await driver(session)).execute(
        "UPDATE replay_differences SET mended = true WHERE replay_id = $1 AND customer_id = ANY ($2::uuid[])",
        replay_id,
        list(customer_ids),
    )


async def prune(session: AsyncSession, *, before: datetime, most: int) -> bool:
    """Forgets differences of replays that ended before then, up to `most`; True when there may be more."""
    status = await (await driver(session)).execute(_PRUNE, before, most)
    return int(status.rpartition(" ")[2]) == most
