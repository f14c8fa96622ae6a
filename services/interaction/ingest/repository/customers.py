"""What is known of customers here: that they exist, and their identities in other systems."""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from services.interaction.ingest.identity import CustomerKey, ExternalKey, lock_buckets
from services.interaction.ingest.sighting import CustomerSighting
from shared.db.session import SqlSession, driver

# The first half of a two-part advisory key: keeps these buckets apart from all other locks of the database.
_LOCK_SPACE = 0x1D5
_LOCK_TO_RECORD = "SELECT pg_advisory_xact_lock_shared($1::int, bucket) FROM unnest($2::int[]) AS bucket"
_LOCK_TO_LEARN = "SELECT pg_advisory_xact_lock($1::int, bucket) FROM unnest($2::int[]) AS bucket"

# A statement for each kind of name: in one (a UNION ALL) the planner started parallel workers, dearer than the lookups.
_FIND_BY_ID = """
SELECT customer_id FROM unnest($1::uuid[]) AS named (customer_id) JOIN known_customers USING (customer_id)
"""
_FIND_BY_EXTERNAL_ID = """
SELECT DISTINCT ON (source, external_id) source, external_id, claim.customer_id
FROM unnest($1::text[], $2::text[]) AS named (source, external_id)
JOIN external_id_claims AS claim USING (source, external_id)
ORDER BY source, external_id, claim.claimed_at DESC, claim.customer_id
"""

_SAVE_VERSIONS = """
INSERT INTO known_customers AS known (customer_id, version, key_account)
SELECT * FROM unnest($1::uuid[], $2::int[], $3::boolean[])
ON CONFLICT (customer_id) DO UPDATE SET version = EXCLUDED.version, key_account = EXCLUDED.key_account
WHERE known.version < EXCLUDED.version
RETURNING customer_id
"""

_KEY_ACCOUNTS = "SELECT customer_id FROM known_customers WHERE customer_id = ANY($1::uuid[]) AND key_account"

_DROP_CLAIMS = """
DELETE FROM external_id_claims AS claim
WHERE claim.customer_id = ANY($1::uuid[]) AND NOT EXISTS (
    SELECT FROM unnest($2::text[], $3::text[], $4::uuid[]) AS kept (source, external_id, customer_id)
    WHERE (kept.source, kept.external_id, kept.customer_id) = (claim.source, claim.external_id, claim.customer_id)
)
"""

_ADD_CLAIMS = """
INSERT INTO external_id_claims (source, external_id, customer_id, claimed_at)
SELECT * FROM unnest($1::text[], $2::text[], $3::uuid[], $4::timestamptz[])
ON CONFLICT DO NOTHING
"""


class Claim(NamedTuple):
    source: str
    external_id: str
    customer_id: UUID
    claimed_at: datetime


async def lock_to_record(session: SqlSession, keys: Iterable[CustomerKey]) -> None:
    """Until the transaction ends nobody learns of these identities; others may record for them meanwhile."""
    await (await driver(session)).execute(_LOCK_TO_RECORD, _LOCK_SPACE, lock_buckets(keys))


async def lock_to_learn(session: SqlSession, keys: Iterable[CustomerKey]) -> None:
    """Waits for everybody who records for these identities unknown, and keeps new ones waiting."""
    await (await driver(session)).execute(_LOCK_TO_LEARN, _LOCK_SPACE, lock_buckets(keys))


async def find_customers(session: SqlSession, keys: Collection[CustomerKey]) -> dict[CustomerKey, UUID]:
    """The customers behind those identities that are known."""
    connection = await driver(session)
    found: dict[CustomerKey, UUID] = {}
    if ids := [key for key in keys if isinstance(key, UUID)]:
        found |= {customer_id: customer_id for (customer_id,) in await connection.fetch(_FIND_BY_ID, ids)}
    if external := [key for key in keys if isinstance(key, ExternalKey)]:
        rows = await connection.fetch(_FIND_BY_EXTERNAL_ID, *zip(*external, strict=True))
        found |= {ExternalKey(source, external_id): customer_id for source, external_id, customer_id in rows}
    return found


async def save_versions(session: SqlSession, sightings: Iterable[CustomerSighting]) -> set[UUID]:
    """The customers that were unknown, or known by an older version; the others stay as they are."""
    told = [(sighting.customer_id, sighting.version, sighting.key_account) for sighting in sightings]
    rows = await (await driver(session)).fetch(_SAVE_VERSIONS, *zip(*told, strict=True))
    return {row["customer_id"] for row in rows}


async def find_key_accounts(session: SqlSession, customers: Collection[UUID]) -> frozenset[UUID]:
    """Those of these customers that are key accounts."""
    if not customers:
        return frozenset()
    return frozenset(row["customer_id"] for row in await (await driver(session)).fetch(_KEY_ACCOUNTS, list(customers)))


async def replace_claims(session: SqlSession, customers: Collection[UUID], claims: Collection[Claim]) -> None:
    """Afterwards `customers` have exactly these claims; those they had before keep their time."""
    sources, external_ids, owners, times = zip(*claims, strict=True) if claims else ((), (), (), ())
    connection = await driver(session)
    await connection.execute(_DROP_CLAIMS, list(customers), sources, external_ids, owners)
    if claims:
        await connection.execute(_ADD_CLAIMS, sources, external_ids, owners, times)
