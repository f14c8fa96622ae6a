"""Who rose and who fell most within a period, from the scores that were told."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from services.scoring.insight.movers import MONEY, RANKS, Mover, MoverFigure
from shared.db.session import driver

_NUMBER: Final = "(after.figures ->> $4)::numeric - (before.figures ->> $4)::numeric"
_RANK: Final = (
    "(array_position($7::text[], after.figures ->> $4) - array_position($7::text[], before.figures ->> $4))::numeric"
)

# Who was told nothing of before the period has not moved, but come; money is compared in one currency alone.
_MOVERS = """
WITH moved AS (
    SELECT touched.customer_id, t.owner_id, before.figures -> $4 AS before, after.figures -> $4 AS after,
           {change} AS change, after.as_of
    FROM (SELECT DISTINCT customer_id FROM scores_history WHERE as_of > $1 AND as_of <= $2) AS touched
    CROSS JOIN LATERAL (
        SELECT figures FROM scores_history AS h WHERE h.customer_id = touched.customer_id AND as_of <= $1
        ORDER BY as_of DESC, told_at DESC LIMIT 1
    ) AS before
    CROSS JOIN LATERAL (
        SELECT figures, as_of FROM scores_history AS h WHERE h.customer_id = touched.customer_id AND as_of <= $2
        ORDER BY as_of DESC, told_at DESC LIMIT 1
    ) AS after
    LEFT JOIN customer_traits AS t ON t.customer_id = touched.customer_id
    WHERE ($6::text IS NULL OR (before.figures ->> 'currency' = $6 AND after.figures ->> 'currency' = $6))
      AND ($3::text IS NULL OR t.owner_id = $3)
), placed AS (
    SELECT *, row_number() OVER (PARTITION BY change > 0 ORDER BY abs(change) DESC, customer_id) AS place
    FROM moved WHERE change <> 0
)
SELECT customer_id, owner_id, before, after, change, as_of FROM placed WHERE place <= $5 ORDER BY place
"""


async def list_movers(
    session: AsyncSession,
    figure: MoverFigure,
    *,
    start: datetime,
    end: datetime,
    owner_id: str | None,
    limit: int,
    currency: str,
) -> tuple[Sequence[Mover], Sequence[Mover]]:
    """Who rose and who fell between what had been told by `start` and by `end`, `limit` of each, the greatest change
    first; of money, in `currency`."""
    ranks = RANKS.get(figure)
    change = _NUMBER if ranks is None else _RANK
    more = [] if ranks is None else [list(ranks)]
    among = currency if figure in MONEY else None
    rows = await (await driver(session)).fetch(
        _MOVERS.format(change=change), start, end, owner_id, figure, limit, among, *more
    )
    found = [Mover(**{**row, "change": Decimal(f"{row['change']:f}")}) for row in rows]
    return [one for one in found if one.change > 0], [one for one in found if one.change < 0]
