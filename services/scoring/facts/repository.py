"""SQL of the hot path, straight on asyncpg: a batch is a handful of statements over arrays, whatever its size."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from services.scoring.facts.fact import Detail, Fact, FactKind, Instrument
from services.scoring.facts.statistics import EMPTY, Statistics
from shared.db.session import driver

_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(Statistics).decode
_EMPTY_PACKED: Final = _encode(EMPTY)

_INSERT_FACTS = """
WITH fresh AS (
    INSERT INTO facts (customer_id, event_id, kind, occurred_at, amount, margin, currency, detail)
    SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::smallint[], $4::timestamptz[], $5::bigint[], $6::bigint[],
                         $7::text[], $8::jsonb[])
        AS batch (customer_id, event_id, kind, occurred_at, amount, margin, currency, detail)
    ORDER BY customer_id, event_id
    ON CONFLICT DO NOTHING
    RETURNING customer_id, event_id
)
SELECT fresh.customer_id, fresh.event_id, known.customer_id IS NULL AS first
FROM fresh LEFT JOIN customer_statistics AS known USING (customer_id)
"""

_INSERT_STATISTICS = """
INSERT INTO customer_statistics (customer_id, purchase_days, margin, repeat_margin, returned_margin, realised, packed)
SELECT customer_id, 0, 0, 0, 0, 0, $2 FROM unnest($1::uuid[]) AS batch (customer_id) ORDER BY customer_id
ON CONFLICT DO NOTHING
"""

_LOCK_STATISTICS = """
SELECT customer_id, packed FROM customer_statistics WHERE customer_id = ANY ($1::uuid[])
ORDER BY customer_id FOR UPDATE
"""

_LOCK_STATISTICS_AFTER = """
SELECT customer_id, packed FROM customer_statistics WHERE $1::uuid IS NULL OR customer_id > $1
ORDER BY customer_id LIMIT $2 FOR UPDATE
"""

_READ_BUYERS_SINCE = """
SELECT customer_id, packed FROM customer_statistics
WHERE last_day >= $1 AND ($2::uuid IS NULL OR customer_id > $2) ORDER BY customer_id LIMIT $3
"""

_UPDATE_STATISTICS = """
UPDATE customer_statistics AS s
SET purchase_days = n.purchase_days, first_day = n.first_day, last_day = n.last_day, margin = n.margin,
    repeat_margin = n.repeat_margin, returned_margin = n.returned_margin, realised = n.realised, packed = n.packed
FROM unnest($1::uuid[], $2::int[], $3::int[], $4::int[], $5::bigint[], $6::bigint[], $7::bigint[], $8::bigint[],
            $9::bytea[])
    AS n (customer_id, purchase_days, first_day, last_day, margin, repeat_margin, returned_margin, realised, packed)
WHERE s.customer_id = n.customer_id
"""

_READ_FACTS = """
SELECT customer_id, event_id, kind, occurred_at, amount, margin, currency, detail FROM facts
WHERE customer_id = $1 AND ($2::timestamptz IS NULL OR occurred_at <= $2)
ORDER BY occurred_at, event_id
"""

_READ_ALL_FACTS = """
SELECT customer_id, event_id, kind, occurred_at, amount, margin, currency, detail FROM facts
WHERE customer_id = ANY ($1::uuid[])
"""

_INSERT_BATCH = """
INSERT INTO applied_batches (applied_at, facts, customers, known_customers, last_occurred_at, latencies)
VALUES ($1, $2, $3, $4, $5, $6)
"""

_FOLD_BATCHES = """
WITH older AS (DELETE FROM applied_batches WHERE applied_at < $1 RETURNING *)
INSERT INTO applied_batches (applied_at, facts, customers, known_customers, last_occurred_at, latencies)
SELECT max(applied_at), sum(facts), sum(customers), sum(known_customers), max(last_occurred_at), '{}'
FROM older HAVING count(*) > 0
"""

_UPSERT_KNOWN = """
WITH batch AS (
    SELECT DISTINCT ON (customer_id) *
    FROM unnest($1::uuid[], $2::int[], $3::text[], $4::timestamptz[])
        AS batch (customer_id, version, kind, registered_at)
    ORDER BY customer_id, version DESC
), written AS (
    INSERT INTO known_customers AS known (customer_id, version, kind, registered_at)
    SELECT customer_id, version, kind, registered_at FROM batch
    ON CONFLICT (customer_id) DO UPDATE
    SET version = EXCLUDED.version, kind = EXCLUDED.kind, registered_at = EXCLUDED.registered_at
    WHERE known.version < EXCLUDED.version
    RETURNING (xmax = 0) AS first
)
SELECT count(*) FROM written WHERE first
"""


async def insert_facts(session: AsyncSession, facts: Sequence[Fact]) -> tuple[set[tuple[UUID, UUID]], set[UUID]]:
    """Stores what is not stored yet. Returns the (customer, event) pairs that are new, and the customers among them
    who have no statistics row.

    The rows go in ordered by key: two workers with the same redelivered events wait for each other, never in a circle.
    """
    columns = (
        [fact.customer_id for fact in facts],
        [fact.event_id for fact in facts],
        [fact.kind for fact in facts],
        [fact.occurred_at for fact in facts],
        [fact.amount for fact in facts],
        [fact.margin for fact in facts],
        [fact.currency for fact in facts],
        [_write_detail(fact.detail) for fact in facts],
    )
    rows = await (await driver(session)).fetch(_INSERT_FACTS, *columns)
    return {(row[0], row[1]) for row in rows}, {row[0] for row in rows if row[2]}


async def insert_statistics(session: AsyncSession, customer_ids: Collection[UUID]) -> int:
    """Gives customers a row to lock, and returns how many had none; a row that another worker is adding at this moment
    is waited for."""
    status = await (await driver(session)).execute(_INSERT_STATISTICS, list(customer_ids), _EMPTY_PACKED)
    return int(status.rpartition(" ")[2])


async def lock_statistics(session: AsyncSession, customer_ids: Collection[UUID]) -> dict[UUID, Statistics]:
    """Locks the customers' rows in the order of their ids, the same for every worker, until the transaction ends."""
    rows = await (await driver(session)).fetch(_LOCK_STATISTICS, list(customer_ids))
    return {row[0]: _decode(row[1]) for row in rows}


async def lock_statistics_after(session: AsyncSession, after: UUID | None, limit: int) -> dict[UUID, Statistics]:
    """The same for the next customers by id."""
    rows = await (await driver(session)).fetch(_LOCK_STATISTICS_AFTER, after, limit)
    return {row[0]: _decode(row[1]) for row in rows}


async def read_buyers_since(session: AsyncSession, day: int, after: UUID | None, limit: int) -> dict[UUID, Statistics]:
    """The next customers by id who bought on this local day or later, as they are, without a lock."""
    rows = await (await driver(session)).fetch(_READ_BUYERS_SINCE, day, after, limit)
    return {row[0]: _decode(row[1]) for row in rows}


async def update_statistics(session: AsyncSession, customers: Mapping[UUID, Statistics]) -> None:
    values = customers.values()
    await (await driver(session)).execute(
        _UPDATE_STATISTICS,
        list(customers),
        [len(statistics.purchase_days) for statistics in values],
        [statistics.first_day for statistics in values],
        [statistics.last_day for statistics in values],
        [statistics.margin for statistics in values],
        [statistics.repeat_margin for statistics in values],
        [statistics.returned_margin for statistics in values],
        [statistics.realised for statistics in values],
        [_encode(statistics) for statistics in values],
    )


async def insert_batch(
    session: AsyncSession,
    *,
    applied_at: datetime,
    facts: int,
    customers: int,
    known_customers: int,
    last_occurred_at: datetime | None,
    latencies: Sequence[int],
) -> None:
    await (await driver(session)).execute(
        _INSERT_BATCH, applied_at, facts, customers, known_customers, last_occurred_at, list(latencies)
    )


async def upsert_known_customers(session: AsyncSession, customers: Sequence[tuple[UUID, int, str, datetime]]) -> int:
    """Keeps the newest version of each (id, version, kind, registered_at); returns how many were new."""
    columns = ([row[place] for row in customers] for place in range(4))
    new: int = await (await driver(session)).fetchval(_UPSERT_KNOWN, *columns)
    return new


async def fold_batches(session: AsyncSession, applied_before: datetime) -> None:
    """Adds older rows up into one, without their latencies; totals stay as they are."""
    await (await driver(session)).execute(_FOLD_BATCHES, applied_before)


async def find_statistics(session: AsyncSession, customer_id: UUID) -> Statistics | None:
    packed = await (await driver(session)).fetchval(
        "SELECT packed FROM customer_statistics WHERE customer_id = $1", customer_id
    )
    return None if packed is None else _decode(packed)


async def read_facts(session: AsyncSession, customer_id: UUID, until: datetime | None) -> list[Fact]:
    """A customer's facts by time, up to and including `until`."""
    rows = await (await driver(session)).fetch(_READ_FACTS, customer_id, until)
    return [_read_fact(row) for row in rows]


async def read_all_facts(session: AsyncSession, customer_ids: Collection[UUID]) -> list[Fact]:
    """Every fact of these customers, in no particular order."""
    rows = await (await driver(session)).fetch(_READ_ALL_FACTS, list(customer_ids))
    return [_read_fact(row) for row in rows]


def _read_fact(row: Mapping[str, Any]) -> Fact:
    return Fact(
        customer_id=row["customer_id"],
        event_id=row["event_id"],
        kind=FactKind(row["kind"]),
        occurred_at=row["occurred_at"],
        amount=row["amount"],
        margin=row["margin"],
        currency=row["currency"],
        detail=_read_detail(row["detail"]),
    )


def _write_detail(detail: Detail) -> str | None:
    values = {name: value for name, value in detail._asdict().items() if value not in (None, ())}
    return msgspec.json.encode(values).decode() if values else None


def _read_detail(values: dict[str, Any] | None) -> Detail:
    if not values:
        return Detail()
    known = {name: value for name, value in values.items() if name in Detail._fields}
    if "instrument" in known:
        known["instrument"] = Instrument(known["instrument"])
    return Detail(**{**known, "categories": tuple(known.get("categories", ()))})
