"""Customers who may be lost, those with the most to lose first."""

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from shared.db.session import Database, driver

_AT_ONCE: Final = 500

_RISKS = """
SELECT * FROM (
    SELECT s.customer_id, t.owner_id, s.churn_risk, s.churn_reasons, s.current_value, s.last_12_months, s.abc_class,
           s.quadrant, s.loyalty_level, s.as_of,
           (greatest(coalesce(s.current_value, 0), 0)::numeric * s.churn_risk / 1000)::bigint AS at_risk
    FROM scores AS s LEFT JOIN customer_traits AS t USING (customer_id)
    WHERE s.churn_risk >= $1 AND ($2::text IS NULL OR t.owner_id = $2)
) AS risky
WHERE $3::bigint IS NULL OR at_risk < $3 OR (at_risk = $3 AND customer_id > $4)
ORDER BY at_risk DESC, customer_id LIMIT $5
"""


async def list_risks(
    session: AsyncSession,
    *,
    least_tenths: int,
    owner_id: str | None,
    after: tuple[int, UUID] | None,
    limit: int,
) -> Sequence[Mapping[str, Any]]:
    """As last told; `at_risk` is current value x churn risk, `after` that of the last one seen and its customer."""
    rows: Sequence[Mapping[str, Any]] = await (await driver(session)).fetch(
        _RISKS, least_tenths, owner_id, *(after or (None, None)), limit
    )
    return rows


async def stream_risks(
    database: Database, *, least_tenths: int, owner_id: str | None
) -> AsyncIterator[Sequence[Mapping[str, Any]]]:
    """All of them in portions, each as of its own moment."""
    after: tuple[int, UUID] | None = None
    while True:
        async with database.snapshot() as session:
            rows = await list_risks(session, least_tenths=least_tenths, owner_id=owner_id, after=after, limit=_AT_ONCE)
        yield rows
        if len(rows) < _AT_ONCE:
            return
        after = rows[-1]["at_risk"], rows[-1]["customer_id"]
