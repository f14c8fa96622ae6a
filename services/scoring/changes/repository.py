"""SQL of the feed: a row per transaction and follower, whatever the number of customers.

Who writes statistics marks in that same statement (`facts.repository`).
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.scoring.changes.follower import Follower
from shared.db.session import driver

_MARK = """
INSERT INTO changed_customers (follower, customer_ids, silent)
SELECT follower, $2::uuid[], $3::boolean FROM change_feed WHERE follower = $1
"""

_OPEN = "INSERT INTO change_feed (follower, opened_at) VALUES ($1, $2) ON CONFLICT DO NOTHING"

_READ = """
SELECT change_id, customer_ids, silent FROM (
    SELECT *, sum(cardinality(customer_ids)) OVER (ORDER BY change_id) - cardinality(customer_ids) AS before
    FROM (SELECT * FROM changed_customers WHERE follower = $1 ORDER BY change_id LIMIT $2) AS oldest
) AS portion
WHERE before < $2 ORDER BY change_id
"""

_COUNT = "SELECT coalesce(sum(cardinality(customer_ids)), 0)::bigint FROM changed_customers WHERE follower = $1"


async def mark(session: AsyncSession, follower: Follower, customer_ids: Collection[UUID], *, silent: bool) -> None:
    await (await driver(session)).execute(_MARK, follower, list(customer_ids), silent)


async def hold_marks(session: AsyncSession) -> None:
    """Waits for the end of every transaction that has asked who follows; new ones wait for this one."""
    await (await driver(session)).execute("LOCK TABLE changed_customers IN SHARE ROW EXCLUSIVE MODE")


async def open_feed(session: AsyncSession, follower: Follower, opened_at: datetime) -> None:
    """Begins with nothing: who marked while the feed was being closed left a row behind."""
    connection = await driver(session)
    await connection.execute("DELETE FROM changed_customers WHERE follower = $1", follower)
    await connection.execute(_OPEN, follower, opened_at)


async def close_feed(session: AsyncSession, follower: Follower) -> None:
    connection = await driver(session)
    await connection.execute("DELETE FROM change_feed WHERE follower = $1", follower)
    await connection.execute("DELETE FROM changed_customers WHERE follower = $1", follower)


async def read(session: AsyncSession, follower: Follower, limit: int) -> Sequence[tuple[int, list[UUID], bool]]:
    """(change_id, customers, silent), the oldest first."""
    return [tuple(row) for row in await (await driver(session)).fetch(_READ, follower, limit)]


async def forget(session: AsyncSession, follower: Follower, change_ids: Sequence[int]) -> None:
    await (await driver(session)).execute(
        "DELETE FROM changed_customers WHERE follower = $1 AND change_id = ANY ($2)", follower, list(change_ids)
    )


async def count(session: AsyncSession, follower: Follower) -> int:
    return int(await (await driver(session)).fetchval(_COUNT, follower))
