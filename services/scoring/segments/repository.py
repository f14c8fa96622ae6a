"""SQL of segments, over arrays: of everybody as the queries see them, and of who is in which segment."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from services.scoring.facts.packing import decode
from services.scoring.facts.profile import Profile
from services.scoring.scores.memory import unpack
from services.scoring.segments.membership import Move
from services.scoring.segments.subject import Source, Subject
from services.scoring.segments.vocabulary import VOCABULARY
from shared.conditions.sql import Sql
from shared.conditions.vocabulary import FieldType
from shared.db.locks import advisory_key, transaction_lock, try_transaction_lock
from shared.db.session import driver

FIELDS: Final = tuple(VOCABULARY.fields)
COLUMNS: Final = {name: name for name in FIELDS}
_SETS: Final = tuple(field.name for field in VOCABULARY.fields.values() if field.type is FieldType.TEXTS)
_KEEPING: Final = advisory_key("scoring.segments")

_HAS_WORK = """
SELECT EXISTS (SELECT FROM segment_index WHERE filled_at IS NULL)
    OR EXISTS (SELECT FROM segments WHERE state <> 'current')
    OR EXISTS (SELECT FROM changed_customers WHERE follower = 'segments')
    OR EXISTS (SELECT FROM segment_subjects WHERE next_at <= $1)
"""

_READ_SOURCES = """
SELECT one.customer_id, s.packed, s.memory, k.profile, k.registered_at, to_jsonb(t) AS traits
FROM unnest($1::uuid[]) AS one (customer_id)
LEFT JOIN customer_statistics AS s USING (customer_id) LEFT JOIN known_customers AS k USING (customer_id)
LEFT JOIN customer_traits AS t USING (customer_id)
"""

_NEXT_CUSTOMERS = """
SELECT customer_id FROM (
    (SELECT customer_id FROM known_customers WHERE $1::uuid IS NULL OR customer_id > $1 ORDER BY 1 LIMIT $2)
    UNION
    (SELECT customer_id FROM customer_statistics WHERE $1::uuid IS NULL OR customer_id > $1 ORDER BY 1 LIMIT $2)
) AS everybody ORDER BY 1 LIMIT $2
"""

_COUNT_EVERYBODY = """
SELECT (SELECT count(*) FROM known_customers)
     + (SELECT count(*) FROM customer_statistics AS s
        WHERE NOT EXISTS (SELECT FROM known_customers AS k WHERE k.customer_id = s.customer_id))
"""

_SUBJECTS_AFTER = """
SELECT * FROM segment_subjects WHERE $1::uuid IS NULL OR customer_id > $1 ORDER BY customer_id LIMIT $2
"""

_DUE = "SELECT * FROM segment_subjects WHERE next_at <= $1 ORDER BY next_at LIMIT $2"

_SET_NEXT = """
UPDATE segment_subjects AS s SET next_at = n.next_at
FROM unnest($1::uuid[], $2::timestamptz[]) AS n (customer_id, next_at) WHERE s.customer_id = n.customer_id
"""

_INSERT_MEMBERS = """
INSERT INTO segment_members (segment_id, customer_id, since)
SELECT segment_id, customer_id, $3 FROM unnest($1::uuid[], $2::uuid[]) AS new (segment_id, customer_id)
"""

_DELETE_MEMBERS = """
DELETE FROM segment_members AS m USING unnest($1::uuid[], $2::uuid[]) AS gone (segment_id, customer_id)
WHERE m.segment_id = gone.segment_id AND m.customer_id = gone.customer_id
"""

_MEMBERSHIPS = "SELECT customer_id, segment_id FROM segment_members WHERE customer_id = ANY ($1::uuid[])"

_LIST_MEMBERS = """
SELECT m.customer_id, m.since, s.owner_id, s.abc_class, s.loyalty_level, s.quadrant, s.realised_value, s.current_value,
       s.churn_risk, s.last_purchase_on
FROM segment_members AS m LEFT JOIN segment_subjects AS s USING (customer_id)
WHERE m.segment_id = $1 AND ($2::uuid IS NULL OR m.customer_id > $2) ORDER BY m.customer_id LIMIT $3
"""

_SEGMENTS_OF = """
SELECT s.segment_id, s.name, s.revision, m.since FROM segment_members AS m JOIN segments AS s USING (segment_id)
WHERE m.customer_id = $1 AND s.state <> 'removing' ORDER BY s.name
"""

Rows = Sequence[Mapping[str, Any]]


async def try_keeping(session: AsyncSession) -> bool:
    """Whether this transaction is the one that writes members, until it ends: one at a time, and none while a segment
    is edited, so that nobody enters by a condition that has just been changed."""
    return await try_transaction_lock(session, _KEEPING)


async def suspend_keeping(session: AsyncSession) -> None:
    """Waits for the portion that is being worked on; the next one waits for this transaction."""
    await transaction_lock(session, _KEEPING)


async def has_work(session: AsyncSession, at: datetime) -> bool:
    return bool(await (await driver(session)).fetchval(_HAS_WORK, at))


async def count_everybody(session: AsyncSession) -> int:
    return int(await (await driver(session)).fetchval(_COUNT_EVERYBODY))


async def list_next_customers(session: AsyncSession, after: UUID | None, limit: int) -> list[UUID]:
    """By id, with or without facts."""
    return [row[0] for row in await (await driver(session)).fetch(_NEXT_CUSTOMERS, after, limit)]


async def read_sources(session: AsyncSession, customer_ids: Collection[UUID]) -> list[Source]:
    """As they are committed at this moment, without a lock."""
    return [
        Source(
            customer_id=row["customer_id"],
            statistics=None if row["packed"] is None else decode(row["packed"]),
            told=unpack(row["memory"]).told,
            profile=None if row["profile"] is None else msgspec.convert(row["profile"], Profile),
            registered_at=row["registered_at"],
            traits=row["traits"],
        )
        for row in await (await driver(session)).fetch(_READ_SOURCES, list(customer_ids))
    ]


async def replace_subjects(
    session: AsyncSession, subjects: Mapping[UUID, Subject], next_at: Mapping[UUID, datetime | None]
) -> None:
    connection = await driver(session)
    await connection.execute("DELETE FROM segment_subjects WHERE customer_id = ANY ($1::uuid[])", list(subjects))
    await connection.copy_records_to_table(
        "segment_subjects",
        columns=("customer_id", "next_at", *FIELDS),
        records=[
            (customer_id, next_at.get(customer_id), *(_stored(subject.get(name)) for name in FIELDS))
            for customer_id, subject in subjects.items()
        ],
    )


async def read_subjects_after(session: AsyncSession, after: UUID | None, limit: int) -> dict[UUID, Subject]:
    """The next ones by id; each with its `next_at` beside the words of the vocabulary."""
    return _subjects(await (await driver(session)).fetch(_SUBJECTS_AFTER, after, limit))


async def read_due(session: AsyncSession, at: datetime, limit: int) -> dict[UUID, Subject]:
    """Those whom time alone may have moved by then."""
    return _subjects(await (await driver(session)).fetch(_DUE, at, limit))


async def set_next(session: AsyncSession, next_at: Mapping[UUID, datetime | None]) -> None:
    if next_at:
        await (await driver(session)).execute(_SET_NEXT, list(next_at), list(next_at.values()))


async def read_memberships(session: AsyncSession, customer_ids: Collection[UUID]) -> dict[UUID, set[UUID]]:
    """Ids of the segments each customer is in."""
    found: dict[UUID, set[UUID]] = {}
    for row in await (await driver(session)).fetch(_MEMBERSHIPS, list(customer_ids)):
        found.setdefault(row[0], set()).add(row[1])
    return found


async def move(session: AsyncSession, moves: Sequence[Move], at: datetime) -> None:
    connection = await driver(session)
    for entered, statement, more in ((True, _INSERT_MEMBERS, (at,)), (False, _DELETE_MEMBERS, ())):
        chosen = [one for one in moves if one.entered is entered]
        if chosen:
            pairs = [one.segment_id for one in chosen], [one.customer_id for one in chosen]
            await connection.execute(statement, *pairs, *more)


async def list_members(session: AsyncSession, segment_id: UUID, after: UUID | None, limit: int) -> Rows:
    rows: Rows = await (await driver(session)).fetch(_LIST_MEMBERS, segment_id, after, limit)
    return rows


async def list_segments_of(session: AsyncSession, customer_id: UUID) -> Rows:
    rows: Rows = await (await driver(session)).fetch(_SEGMENTS_OF, customer_id)
    return rows


async def count_matching(session: AsyncSession, condition: Sql) -> int:
    statement = f"SELECT count(*) FROM segment_subjects WHERE {condition.text}"  # noqa: S608 - made of the vocabulary
    return int(await (await driver(session)).fetchval(statement, *condition.parameters))


async def sample_matching(session: AsyncSession, condition: Sql, limit: int) -> Rows:
    """The most valuable first, so that the same question shows the same customers."""
    statement = (
        "SELECT customer_id, owner_id, abc_class, loyalty_level, quadrant, realised_value, current_value, churn_risk, "  # noqa: S608 - made of the vocabulary
        f"last_purchase_on FROM segment_subjects WHERE {condition.text} "
        f"ORDER BY current_value DESC NULLS LAST, customer_id LIMIT {limit}"
    )
    rows: Rows = await (await driver(session)).fetch(statement, *condition.parameters)
    return rows


def _stored(value: Any) -> Any:
    return sorted(value) if isinstance(value, frozenset) else value


def _subjects(rows: Rows) -> dict[UUID, Subject]:
    found = {row["customer_id"]: dict(row) for row in rows}
    for subject in found.values():
        for name in _SETS:
            if subject[name] is not None:
                subject[name] = frozenset(subject[name])
    return found
