"""SQL of simulations, over arrays."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from services.scoring.facts.queries import ValueFigure
from services.scoring.facts.statistics import Statistics
from shared.db.session import driver

_INSERT_MOVES = """
INSERT INTO simulated_moves (simulation_id, customer_id, classes, figures)
SELECT $1, * FROM unnest($2::uuid[], $3::jsonb[], $4::jsonb[])
ON CONFLICT DO NOTHING
"""

_INSERT_VALUES = """
INSERT INTO simulated_values (simulation_id, customer_id, realised, purchase_days, last_day)
SELECT $1, * FROM unnest($2::uuid[], $3::bigint[], $4::int[], $5::int[])
ON CONFLICT DO NOTHING
"""

_COUNT_VALUES = {
    figure: f"SELECT {figure}, count(*) FROM simulated_values WHERE simulation_id = $1 AND purchase_days > 0 "  # noqa: S608 - fixed names
    "GROUP BY 1 ORDER BY 1"
    for figure in ("realised", "purchase_days", "last_day")
}

_LIST_MOVES = """
SELECT customer_id, classes, figures FROM simulated_moves
WHERE simulation_id = $1 AND ($2::uuid IS NULL OR customer_id > $2)
  AND ($3::text IS NULL OR classes ? $3)
  AND ($4::text IS NULL OR classes -> $3 ->> 0 = $4) AND ($5::text IS NULL OR classes -> $3 ->> 1 = $5)
ORDER BY customer_id LIMIT $6
"""

_PRUNE = """
WITH old AS (SELECT simulation_id FROM simulations WHERE finished_at < $1),
gone AS (
    DELETE FROM {table} WHERE (simulation_id, customer_id) IN (
        SELECT simulation_id, customer_id FROM {table} WHERE simulation_id IN (SELECT simulation_id FROM old) LIMIT $2)
    RETURNING 1
)
SELECT count(*) FROM gone
"""


async def insert_moves(
    session: AsyncSession, simulation_id: UUID, moves: Mapping[UUID, tuple[dict[str, Any], dict[str, Any]]]
) -> None:
    """(classes, figures) by customer; a portion that is done again after a crash changes nothing."""
    if moves:
        classes, figures = ([msgspec.json.encode(one[place]).decode() for one in moves.values()] for place in (0, 1))
        await (await driver(session)).execute(_INSERT_MOVES, simulation_id, list(moves), classes, figures)


async def insert_values(session: AsyncSession, simulation_id: UUID, customers: Mapping[UUID, Statistics]) -> None:
    values = customers.values()
    await (await driver(session)).execute(
        _INSERT_VALUES,
        simulation_id,
        list(customers),
        [one.realised for one in values],
        [len(one.purchase_days) for one in values],
        [one.last_day for one in values],
    )


async def count_values(session: AsyncSession, simulation_id: UUID, figure: ValueFigure) -> list[tuple[int, ...]]:
    """(value, customers) over all with a purchase, by rising value."""
    return [tuple(row) for row in await (await driver(session)).fetch(_COUNT_VALUES[figure], simulation_id)]


async def list_moves(
    session: AsyncSession,
    simulation_id: UUID,
    *,
    after: UUID | None,
    limit: int,
    name: str | None,
    old: str | None,
    new: str | None,
) -> Sequence[Mapping[str, Any]]:
    rows: Sequence[Mapping[str, Any]] = await (await driver(session)).fetch(
        _LIST_MOVES, simulation_id, after, name, old, new, limit
    )
    return rows


async def prune(session: AsyncSession, *, before: datetime, most: int) -> bool:
    """Deletes rows of simulations that ended before then, up to `most` of a table; True when there may be more."""
    connection = await driver(session)
    gone = [
        int(await connection.fetchval(_PRUNE.format(table=table), before, most))
        for table in ("simulated_moves", "simulated_values")
    ]
    if max(gone) == most:
        return True
    await connection.execute("DELETE FROM simulations WHERE finished_at < $1", before)
    return False
