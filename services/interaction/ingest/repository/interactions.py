"""The table of interactions: written by the set, each row once."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any
from uuid import UUID

from services.interaction.ingest.details import Details
from services.interaction.ingest.identity import CustomerKey, ExternalKey
from services.interaction.ingest.interaction import RecordedInteraction, RecordInteraction, Voided
from services.interaction.ingest.repository.payload import decode_circumstances, decode_details, encode_payload
from shared.db.session import SqlSession, driver
from shared.money import Money

_INSERT = """
INSERT INTO interactions (
    interaction_id, kind, source, source_id, customer_id, named_id, named_source, named_external_id,
    occurred_at, recorded_at, channel, actor, amount_minor, currency, payload
)
SELECT * FROM unnest(
    $1::uuid[], $2::text[], $3::text[], $4::text[], $5::uuid[], $6::uuid[], $7::text[], $8::text[],
    $9::timestamptz[], $10::timestamptz[], $11::text[], $12::text[], $13::bigint[], $14::text[], $15::bytea[]
)
ON CONFLICT (interaction_id) DO NOTHING
RETURNING interaction_id
"""

_LOAD = "SELECT * FROM unnest($1::uuid[]) AS wanted (interaction_id) JOIN interactions USING (interaction_id)"

_DELETE = "DELETE FROM interactions WHERE interaction_id = ANY($1::uuid[])"

_ATTACH_BY_ID = """
UPDATE interactions SET customer_id = named_id
WHERE customer_id IS NULL AND named_id = ANY($1::uuid[])
RETURNING *
"""

_ATTACH_BY_EXTERNAL_ID = """
UPDATE interactions AS waiting SET customer_id = owner.customer_id
FROM unnest($1::text[], $2::text[], $3::uuid[]) AS owner (source, external_id, customer_id)
WHERE waiting.customer_id IS NULL
    AND waiting.named_external_id = owner.external_id AND waiting.named_source = owner.source
RETURNING waiting.*
"""


async def insert_interactions(session: SqlSession, interactions: Iterable[RecordedInteraction]) -> set[UUID]:
    """Ids of those that were new; of the others nothing is changed.

    The rows go in by id, so that two transactions with the same ones wait for each other instead of deadlocking.
    """
    rows = [_row_of(interaction) for interaction in interactions]
    if not rows:
        return set()
    rows.sort(key=lambda row: row[0])
    inserted = await (await driver(session)).fetch(_INSERT, *zip(*rows, strict=True))
    return {record["interaction_id"] for record in inserted}


async def load_interactions(session: SqlSession, ids: Collection[UUID]) -> dict[UUID, RecordedInteraction]:
    if not ids:
        return {}
    records = await (await driver(session)).fetch(_LOAD, list(ids))
    return {record["interaction_id"]: interaction_of(record) for record in records}


async def delete_interactions(session: SqlSession, ids: Collection[UUID]) -> None:
    """For rows of this very transaction that cannot stand; nobody has seen them."""
    if ids:
        await (await driver(session)).execute(_DELETE, list(ids))


async def attach_interactions(session: SqlSession, owners: Mapping[CustomerKey, UUID]) -> list[RecordedInteraction]:
    """Gives every interaction that waits for one of these identities to its owner; returns those, in no order."""
    ids = [key for key in owners if isinstance(key, UUID)]
    external = [(key.source, key.id, owner) for key, owner in owners.items() if isinstance(key, ExternalKey)]
    connection = await driver(session)
    attached = await connection.fetch(_ATTACH_BY_ID, ids)
    if external:
        attached += await connection.fetch(_ATTACH_BY_EXTERNAL_ID, *zip(*external, strict=True))
    return [interaction_of(record) for record in attached]


def interaction_of(row: Mapping[str, Any]) -> RecordedInteraction:
    named_id = row["named_id"]
    customer = ExternalKey(row["named_source"], row["named_external_id"]) if named_id is None else named_id
    content = RecordInteraction(
        interaction_id=row["interaction_id"],
        source=row["source"],
        source_id=row["source_id"],
        customer=customer,
        occurred_at=row["occurred_at"],
        channel=row["channel"],
        actor=row["actor"],
        details=decode_details(row["kind"], row["payload"]),
        circumstances=decode_circumstances(row["payload"]),
    )
    void_id = row.get("void_id")
    voided = None if void_id is None else Voided(void_id, row["replaced_by"])
    return RecordedInteraction(content, row["customer_id"], row["recorded_at"], voided)


def _row_of(interaction: RecordedInteraction) -> tuple[Any, ...]:
    content = interaction.content
    money = _money_of(content.details)
    return (
        content.interaction_id,
        content.details.kind.value,
        content.source,
        content.source_id,
        interaction.customer_id,
        *_names_of(content.customer),
        content.occurred_at,
        interaction.recorded_at,
        content.channel,
        content.actor,
        money.minor if money else None,
        money.currency if money else None,
        encode_payload(content.details, content.circumstances),
    )


def _names_of(customer: CustomerKey) -> tuple[UUID | None, str | None, str | None]:
    return (customer, None, None) if isinstance(customer, UUID) else (None, customer.source, customer.id)


def _money_of(details: Details) -> Money | None:
    """What totals are made of: amounts bought and given back, and compensations."""
    money = getattr(details, "amount", None) or getattr(details, "compensation", None)
    return money if isinstance(money, Money) else None
