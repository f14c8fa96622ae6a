"""SQL of the feed: a row per transaction, whatever the number of its customers."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from shared.db.session import driver

_MARK = """
INSERT INTO changed_customers (customer_ids, silent)
SELECT $1::uuid[], $2 WHERE EXISTS (SELECT FROM change_feed)
"""

_OPEN = "INSERT INTO change_feed (singleton, opened_at) VALUES (true, $1) ON CONFLICT DO NOTHING"

_TAKE = """
DELETE FROM changed_customers WHERE change_id IN (
    SELECT change_id FROM (
        SELECT change_id, sum(cardinality(customer_ids)) OVER (ORDER BY change_id) - cardinality(customer_ids) AS before
        FROM (SELECT * FROM changed_customers ORDER BY change_id LIMIT $1) AS oldest
    ) AS portion
    WHERE before < $1
)
RETURNING customer_ids, silent
"""


async def mark(session: AsyncSession, customer_ids: Collection[UUID], *, silent: bool) -> None:
    await (await driver(session)).execute(_MARK, list(customer_ids), silent)


async def open_feed(session: AsyncSession, opened_at: datetime) -> None:
    await (await driver(session)).execute(_OPEN, opened_at)


async def take(session: AsyncSession, limit: int) -> list[tuple[list[UUID], bool]]:
    """Of the oldest transactions, as many as name `limit` customers or a few more."""
    return [(row[0], row[1]) for row in await (await driver(session)).fetch(_TAKE, limit)]


async def count(session: AsyncSession) -> int:
    """Customers waiting, those named twice counted twice."""
    waiting: int = await (await driver(session)).fetchval(
        "SELECT coalesce(sum(cardinality(customer_ids)), 0)::bigint FROM changed_customers"
    )
    return waiting
