"""SQL of the history, over arrays where it follows a batch."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from services.scoring.history.told import KeptScore
from shared.db.session import driver

_encode = msgspec.json.Encoder().encode

_INSERT = """
INSERT INTO scores_history (customer_id, as_of, told_at, policy_version, model_version, occasion, changed, figures)
SELECT customer_id, as_of, $8, policy_version, model_version, occasion, string_to_array(changed, ' '),
       figures
FROM unnest($1::uuid[], $2::timestamptz[], $3::int[], $4::int[], $5::text[], $6::text[], $7::jsonb[])
    AS batch (customer_id, as_of, policy_version, model_version, occasion, changed, figures)
"""

_BETWEEN = """
SELECT as_of, told_at, policy_version, model_version, occasion, changed, figures FROM scores_history
WHERE customer_id = $1 AND as_of >= $2 AND as_of <= $3 AND ($4::timestamptz IS NULL OR told_at <= $4)
  AND ($5::timestamptz IS NULL OR (as_of, told_at) > ($5, $6))
ORDER BY as_of, told_at LIMIT $7
"""

_AT = """
SELECT step.at, last.* FROM unnest($2::timestamptz[]) AS step (at)
CROSS JOIN LATERAL (
    SELECT as_of, told_at, policy_version, model_version, occasion, changed, figures FROM scores_history
    WHERE customer_id = $1 AND as_of <= step.at AND ($3::timestamptz IS NULL OR told_at <= $3)
    ORDER BY as_of DESC, told_at DESC LIMIT 1
) AS last
ORDER BY step.at
"""

Rows = Sequence[Mapping[str, Any]]


async def insert(session: AsyncSession, scores: Sequence[KeptScore], *, told_at: datetime) -> None:
    await (await driver(session)).execute(
        _INSERT,
        [one.customer_id for one in scores],
        [one.as_of for one in scores],
        [one.policy_version for one in scores],
        [one.model_version for one in scores],
        [one.occasion for one in scores],
        [" ".join(one.changed) for one in scores],
        [_encode(one.figures).decode() for one in scores],
        told_at,
    )


async def list_between(
    session: AsyncSession,
    customer_id: UUID,
    *,
    start: datetime,
    end: datetime,
    known_at: datetime | None,
    after: tuple[datetime, datetime] | None,
    limit: int,
) -> Rows:
    """What was told of instants between these, in order; `after`: (as_of, told_at) of the last one seen."""
    seen = after or (None, None)
    rows: Rows = await (await driver(session)).fetch(_BETWEEN, customer_id, start, end, known_at, *seen, limit)
    return rows


async def list_at(
    session: AsyncSession, customer_id: UUID, instants: Sequence[datetime], *, known_at: datetime | None
) -> Rows:
    """What had been told last at each instant, as `at`; instants before the first score are left out."""
    rows: Rows = await (await driver(session)).fetch(_AT, customer_id, list(instants), known_at)
    return rows


async def find_first(session: AsyncSession, customer_id: UUID) -> datetime | None:
    """Of which instant the first score was told."""
    first: datetime | None = await (await driver(session)).fetchval(
        "SELECT min(as_of) FROM scores_history WHERE customer_id = $1", customer_id
    )
    return first
