"""SQL of the hot path, straight on asyncpg: a batch is a handful of statements over arrays, whatever its size."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import msgspec
from asyncpg import UniqueViolationError
from sqlalchemy.ext.asyncio import AsyncSession

from services.scoring.facts.fact import NO_DETAIL, Detail, Fact, FactKind
from services.scoring.facts.packing import EMPTY_PACKED, decode, row_of
from services.scoring.facts.profile import Profile
from services.scoring.facts.state import CustomerState
from services.scoring.facts.statistics import Statistics
from shared.db.session import driver

_decode_detail = msgspec.json.Decoder(Detail).decode

_FACT_COLUMNS: Final = (
    "customer_id", "event_id", "kind", "occurred_at", "amount", "margin", "currency", "detail", "taken_in_at",
)  # fmt: skip

_INSERT_FACTS = """
INSERT INTO facts (customer_id, event_id, kind, occurred_at, amount, margin, currency, detail, taken_in_at)
SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::smallint[], $4::timestamptz[], $5::bigint[], $6::bigint[],
                     $7::text[], $8::jsonb[], $9::timestamptz[])
ON CONFLICT DO NOTHING
RETURNING customer_id, event_id
"""

_INSERT_STATES = """
INSERT INTO customer_statistics (customer_id, purchase_days, margin, repeat_margin, returned_margin, realised, packed)
SELECT customer_id, 0, 0, 0, 0, 0, $2 FROM unnest($1::uuid[]) AS batch (customer_id) ORDER BY customer_id
ON CONFLICT DO NOTHING
"""

_LOCK_STATES = """
SELECT customer_id, packed, memory FROM customer_statistics WHERE customer_id = ANY ($1::uuid[])
ORDER BY customer_id FOR UPDATE
"""

_LOCK_STATES_AFTER = """
SELECT customer_id, packed, memory FROM customer_statistics WHERE $1::uuid IS NULL OR customer_id > $1
ORDER BY customer_id LIMIT $2 FOR UPDATE
"""

_READ_STATISTICS_AFTER = """
SELECT customer_id, packed FROM customer_statistics WHERE $1::uuid IS NULL OR customer_id > $1
ORDER BY customer_id LIMIT $2
"""

_READ_BUYERS_SINCE = """
SELECT customer_id, packed FROM customer_statistics
WHERE last_day >= $1 AND ($2::uuid IS NULL OR customer_id > $2) ORDER BY customer_id LIMIT $3
"""

_READ_BUYERS = """
SELECT customer_id, packed FROM customer_statistics
WHERE purchase_days > 0 AND ($1::uuid IS NULL OR customer_id > $1)
  AND mod(abs(hashtext(customer_id::text)::bigint), $2) = 0
ORDER BY customer_id LIMIT $3
"""

_UPDATE_STATES = """
WITH marked AS (
    INSERT INTO changed_customers (follower, customer_ids, silent)
    SELECT follower, $1::uuid[], $11::boolean FROM change_feed
)
UPDATE customer_statistics AS s
SET purchase_days = n.purchase_days, first_day = n.first_day, last_day = n.last_day, margin = n.margin,
    repeat_margin = n.repeat_margin, returned_margin = n.returned_margin, realised = n.realised, packed = n.packed,
    memory = n.memory
FROM unnest($1::uuid[], $2::int[], $3::int[], $4::int[], $5::bigint[], $6::bigint[], $7::bigint[], $8::bigint[],
            $9::bytea[], $10::bytea[])
    AS n (customer_id, purchase_days, first_day, last_day, margin, repeat_margin, returned_margin, realised, packed,
          memory)
WHERE s.customer_id = n.customer_id
"""

_READ_FACTS = """
SELECT customer_id, event_id, kind, occurred_at, amount, margin, currency, detail::text FROM facts
WHERE customer_id = $1 AND ($2::timestamptz IS NULL OR occurred_at <= $2)
  AND ($3::timestamptz IS NULL OR taken_in_at IS NULL OR taken_in_at <= $3)
ORDER BY occurred_at, event_id
"""

_READ_ALL_FACTS = """
SELECT customer_id, event_id, kind, occurred_at, amount, margin, currency, detail::text FROM facts
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
    FROM unnest($1::uuid[], $2::int[], $3::text[], $4::timestamptz[], $5::jsonb[])
        AS batch (customer_id, version, kind, registered_at, profile)
    ORDER BY customer_id, version DESC
), written AS (
    INSERT INTO known_customers AS known (customer_id, version, kind, registered_at, profile)
    SELECT customer_id, version, kind, registered_at, profile FROM batch
    ON CONFLICT (customer_id) DO UPDATE
    SET version = EXCLUDED.version, kind = EXCLUDED.kind, registered_at = EXCLUDED.registered_at,
        profile = EXCLUDED.profile
    WHERE known.version < EXCLUDED.version
    RETURNING (xmax = 0) AS first
)
SELECT count(*) FROM written WHERE first
"""


_READ_PROFILES = """
SELECT customer_id, profile FROM known_customers WHERE customer_id = ANY ($1::uuid[]) AND profile IS NOT NULL
"""


async def insert_facts(session: AsyncSession, facts: Sequence[Fact], taken_in_at: datetime) -> list[bool]:
    """Stores what is not stored yet; says of each whether it was new.

    The rows go in ordered by key: two workers with the same redelivered events wait for each other, never in a circle.
    """
    rows = [(*_fact_row(fact), taken_in_at) for fact in sorted(facts, key=_fact_order)]
    connection = await driver(session)
    try:
        # Hardly any batch holds something seen before, and COPY costs half of what asking for each event does.
        async with connection.transaction():
            await connection.copy_records_to_table("facts", records=rows, columns=_FACT_COLUMNS)
    except UniqueViolationError:
        new = {(row[0], row[1]) for row in await connection.fetch(_INSERT_FACTS, *zip(*rows, strict=True))}
        return [_first_time((fact.customer_id, fact.event_id), new) for fact in facts]
    return [True] * len(facts)


async def insert_states(session: AsyncSession, customer_ids: Collection[UUID]) -> int:
    """Gives a row to lock to customers who have none, and returns how many that were; a row that another worker is
    adding at this moment is waited for."""
    status = await (await driver(session)).execute(_INSERT_STATES, list(customer_ids), EMPTY_PACKED)
    return int(status.rpartition(" ")[2])


async def lock_states(session: AsyncSession, customer_ids: Collection[UUID]) -> dict[UUID, CustomerState]:
    """Locks the customers' rows in the order of their ids, the same for every worker, until the transaction ends."""
    rows = await (await driver(session)).fetch(_LOCK_STATES, list(customer_ids))
    return {row[0]: CustomerState(decode(row[1]), row[2]) for row in rows}


async def lock_states_after(session: AsyncSession, after: UUID | None, limit: int) -> dict[UUID, CustomerState]:
    """The same for the next customers by id."""
    rows = await (await driver(session)).fetch(_LOCK_STATES_AFTER, after, limit)
    return {row[0]: CustomerState(decode(row[1]), row[2]) for row in rows}


async def read_buyers_since(session: AsyncSession, day: int, after: UUID | None, limit: int) -> dict[UUID, Statistics]:
    """The next customers by id who bought on this local day or later, as they are, without a lock."""
    rows = await (await driver(session)).fetch(_READ_BUYERS_SINCE, day, after, limit)
    return {row[0]: decode(row[1]) for row in rows}


async def read_statistics_after(session: AsyncSession, after: UUID | None, limit: int) -> dict[UUID, Statistics]:
    """Of the next customers by id, without locking anybody."""
    rows = await (await driver(session)).fetch(_READ_STATISTICS_AFTER, after, limit)
    return {row[0]: decode(row[1]) for row in rows}


async def read_buyers(session: AsyncSession, after: UUID | None, one_in: int, limit: int) -> dict[UUID, Statistics]:
    """The next customers with a purchase by id, of one in so many, the same ones every time."""
    rows = await (await driver(session)).fetch(_READ_BUYERS, after, one_in, limit)
    return {row[0]: decode(row[1]) for row in rows}


async def update_states(session: AsyncSession, states: Mapping[UUID, CustomerState], *, silent: bool) -> None:
    """The one way in which rows change; whoever follows finds them among the changed."""
    if not states:
        return
    columns = zip(*(row_of(state) for state in states.values()), strict=True)
    await (await driver(session)).execute(_UPDATE_STATES, list(states), *columns, silent)


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


async def upsert_known_customers(session: AsyncSession, customers: Sequence[tuple[UUID, datetime, Profile]]) -> int:
    """Keeps the newest version of each (id, registered_at, profile); returns how many were new."""
    profiles = [profile for _, _, profile in customers]
    new: int = await (await driver(session)).fetchval(
        _UPSERT_KNOWN,
        [customer_id for customer_id, _, _ in customers],
        [profile.version for profile in profiles],
        [profile.kind for profile in profiles],
        [registered_at for _, registered_at, _ in customers],
        [msgspec.json.encode(profile).decode() for profile in profiles],
    )
    return new


async def read_profiles(session: AsyncSession, customer_ids: Collection[UUID]) -> dict[UUID, Profile]:
    """Of those whom the customer service has told of since it tells more than that they exist."""
    rows = await (await driver(session)).fetch(_READ_PROFILES, list(customer_ids))
    return {row[0]: msgspec.convert(row[1], Profile) for row in rows}


async def fold_batches(session: AsyncSession, applied_before: datetime) -> None:
    """Adds older rows up into one, without their latencies; totals stay as they are."""
    await (await driver(session)).execute(_FOLD_BATCHES, applied_before)


async def find_statistics(session: AsyncSession, customer_id: UUID) -> Statistics | None:
    packed = await (await driver(session)).fetchval(
        "SELECT packed FROM customer_statistics WHERE customer_id = $1", customer_id
    )
    return None if packed is None else decode(packed)


async def read_facts(
    session: AsyncSession, customer_id: UUID, until: datetime | None, known_at: datetime | None
) -> list[Fact]:
    """A customer's facts by time, up to and including `until`, of those that were here by `known_at`."""
    rows = await (await driver(session)).fetch(_READ_FACTS, customer_id, until, known_at)
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


def _fact_order(fact: Fact) -> tuple[int, int]:
    return fact.customer_id.int, fact.event_id.int


def _fact_row(fact: Fact) -> tuple[Any, ...]:
    detail = None if fact.detail is NO_DETAIL else msgspec.json.encode(fact.detail).decode()
    return (
        fact.customer_id,
        fact.event_id,
        fact.kind,
        fact.occurred_at,
        fact.amount,
        fact.margin,
        fact.currency,
        detail,
    )


def _first_time(key: tuple[UUID, UUID], new: set[tuple[UUID, UUID]]) -> bool:
    """The same event again within a batch is new only once."""
    if key not in new:
        return False
    new.remove(key)
    return True


def _read_detail(written: str | None) -> Detail:
    """From its text, which takes a fraction of what the driver's own reading of JSON does."""
    return NO_DETAIL if written is None else _decode_detail(written)
