"""Which interactions were taken back, by which one; a row per interaction, whether it has arrived or not."""

from collections.abc import Collection, Iterable
from typing import NamedTuple
from uuid import UUID

from shared.db.session import SqlSession, driver

_CLAIM = """
INSERT INTO interaction_voids (voided_id, void_id, replaced_by, customer_id)
SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[])
ON CONFLICT DO NOTHING
RETURNING void_id, replaced_by
"""

_FIND_HOLDERS = "SELECT voided_id, void_id FROM interaction_voids WHERE voided_id = ANY($1::uuid[])"

# A void of another customer's interaction takes nothing back.
_FIND_VOIDED = """
SELECT voided_id FROM interaction_voids AS void
JOIN interactions ON interaction_id = voided_id AND void.customer_id IS NOT DISTINCT FROM interactions.customer_id
WHERE voided_id = ANY($1::uuid[])
"""

_ATTACH = """
UPDATE interaction_voids AS void SET customer_id = owner.customer_id
FROM unnest($1::uuid[], $2::uuid[]) AS owner (void_id, customer_id)
WHERE void.void_id = owner.void_id
"""


class VoidClaim(NamedTuple):
    """That `void_id` takes `voided_id` back, and `replaced_by` counts in its place, if anything does."""

    voided_id: UUID
    void_id: UUID
    replaced_by: UUID | None
    customer_id: UUID | None


async def claim_voids(session: SqlSession, claims: Iterable[VoidClaim]) -> set[tuple[UUID, UUID | None]]:
    """The voids that came first, with what replaces; who comes second to the same interaction takes nothing back.

    They go in by the interaction's id, so that two transactions on the same ones wait instead of deadlocking.
    """
    rows = await (await driver(session)).fetch(
        _CLAIM, *zip(*sorted(claims, key=lambda claim: claim.voided_id), strict=True)
    )
    return {(row["void_id"], row["replaced_by"]) for row in rows}


async def find_holders(session: SqlSession, voided_ids: Collection[UUID]) -> dict[UUID, UUID]:
    """The void of each of these that has one."""
    rows = await (await driver(session)).fetch(_FIND_HOLDERS, list(voided_ids))
    return {row["voided_id"]: row["void_id"] for row in rows}


async def find_voided(session: SqlSession, ids: Collection[UUID]) -> set[UUID]:
    """Those of these interactions that were taken back."""
    rows = await (await driver(session)).fetch(_FIND_VOIDED, list(ids))
    return {row["voided_id"] for row in rows}


async def attach_voids(session: SqlSession, owners: Iterable[tuple[UUID, UUID]]) -> None:
    """Gives voids, by their ids, to their customers, now known."""
    await (await driver(session)).execute(_ATTACH, *zip(*owners, strict=True))
