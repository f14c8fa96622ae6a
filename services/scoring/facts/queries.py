"""Reads of facts and statistics, for this capability's answers and for its siblings."""

import asyncio
from collections.abc import AsyncIterator, Collection
from datetime import datetime
from typing import Final, Literal
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.scoring.facts import histories, repository
from services.scoring.facts.fact import Fact, FactKind
from services.scoring.facts.histories import History
from services.scoring.facts.latency import quantile
from services.scoring.facts.measures import Measures
from services.scoring.facts.models import KnownCustomer
from services.scoring.facts.progress import KindTotal, Progress
from services.scoring.facts.statistics import Statistics
from shared.db.session import driver
from shared.errors import NotFound, Poison

_BUYERS_AT_ONCE: Final = 2_000

_PATTERNS = """
SELECT purchase_days - 1, last_day - first_day, greatest($1::int, last_day) - first_day, count(*)
FROM customer_statistics WHERE purchase_days > 0 GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
"""

_SPENDING = """
SELECT purchase_days - 1, repeat_margin, margin, returned_margin, count(*)
FROM customer_statistics WHERE purchase_days > 1 AND repeat_margin > 0 AND returned_margin < margin
GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4
"""

_DIMENSIONS: Final = {"kind": "known.kind", "region": "known.profile ->> 2", "industry": "known.profile ->> 3"}
"""Where the profile has what customers are told apart by."""

_OF_SEGMENT = """
SELECT {dimension}, {columns} FROM customer_statistics JOIN known_customers AS known USING (customer_id)
WHERE {dimension} IS NOT NULL AND {condition} GROUP BY {dimension}, {group} ORDER BY {dimension}, {group}
"""

_FIRST_DAY = "SELECT min(first_day) FROM customer_statistics"

_VALUES = {
    figure: f"SELECT {figure}, count(*) FROM customer_statistics WHERE purchase_days > 0 GROUP BY 1 ORDER BY 1"  # noqa: S608 - fixed names
    for figure in ("realised", "purchase_days", "last_day")
}

Dimension = Literal["kind", "region", "industry"]
ValueFigure = Literal["realised", "purchase_days", "last_day"]

_WITHOUT_FACTS = """
SELECT customer_id FROM known_customers AS known
WHERE ($1::uuid IS NULL OR customer_id > $1)
  AND NOT EXISTS (SELECT FROM customer_statistics AS s WHERE s.customer_id = known.customer_id)
ORDER BY customer_id LIMIT $2
"""

_RECONCILIATION = """
SELECT kind, currency, count(*) AS facts, coalesce(sum(amount), 0) AS amount,
       count(DISTINCT customer_id) AS customers
FROM facts GROUP BY kind, currency ORDER BY kind, currency
"""

_TOTALS = """
SELECT coalesce(sum(facts), 0)::bigint AS facts, coalesce(sum(customers), 0)::bigint AS customers,
       coalesce(sum(known_customers), 0)::bigint AS known_customers,
       max(applied_at) AS last_applied_at, max(last_occurred_at) AS last_occurred_at
FROM applied_batches
"""

_LATENCIES = """
SELECT sum(events)::bigint FROM applied_batches, unnest(latencies) WITH ORDINALITY AS one (events, place)
GROUP BY place ORDER BY place
"""


async def is_known(session: AsyncSession, customer_id: UUID) -> bool:
    """Whether the customer service has told of this customer."""
    return await session.get(KnownCustomer, customer_id) is not None


async def demand_known(session: AsyncSession, customer_id: UUID) -> None:
    """Raises NotFound for a customer of whom neither the customer service nor any fact has told."""
    if await find_statistics(session, customer_id) is None and not await is_known(session, customer_id):
        raise NotFound(
            "no customer with this id is known; POST /v1/customers of the customer service registers one",
            code="customer_unknown",
            customer_id=str(customer_id),
        )


async def find_statistics(session: AsyncSession, customer_id: UUID) -> Statistics | None:
    """None for a customer without facts."""
    return await repository.find_statistics(session, customer_id)


async def list_facts(
    session: AsyncSession, customer_id: UUID, *, until: datetime | None = None, known_at: datetime | None = None
) -> list[Fact]:
    """The facts of a customer that had occurred by then, in their order; with `known_at` (by the wall clock) only those
    that had been taken in by that instant."""
    return await repository.read_facts(session, customer_id, until, known_at)


async def list_without_facts(session: AsyncSession, *, after: UUID | None, limit: int) -> list[UUID]:
    """The next customers by id of whom the customer service has told, and nobody else."""
    return [row[0] for row in await (await driver(session)).fetch(_WITHOUT_FACTS, after, limit)]


async def list_statistics(session: AsyncSession, *, after: UUID | None, limit: int) -> dict[UUID, Statistics]:
    """Of the next customers by id; `after` is the last one of the portion before."""
    return await repository.read_statistics_after(session, after, limit)


async def read_histories(session: AsyncSession, customer_ids: Collection[UUID]) -> dict[UUID, History]:
    """All facts of these customers, and who they are."""
    profiles = await repository.read_profiles(session, customer_ids)
    facts: dict[UUID, list[Fact]] = {customer_id: [] for customer_id in customer_ids}
    for fact in await repository.read_all_facts(session, customer_ids):
        facts[fact.customer_id].append(fact)
    return {customer_id: History(found, profiles.get(customer_id)) for customer_id, found in facts.items()}


async def fold_anew(
    session: AsyncSession, *, customer_ids: Collection[UUID], measures: Measures
) -> dict[UUID, Statistics | Poison]:
    """What these customers come to, as `histories.fold_anew` tells; away from the event loop, for it takes a while."""
    return await asyncio.to_thread(histories.fold_anew, await read_histories(session, customer_ids), measures)


async def count_customers(session: AsyncSession) -> int:
    """Customers with facts, without reading them all."""
    return (await read_progress(session)).customers


async def count_patterns(session: AsyncSession, until_day: int) -> list[tuple[int, ...]]:
    """(repeats, days from first to last purchase, days from the first to `until_day`, customers), sorted."""
    return [tuple(row) for row in await (await driver(session)).fetch(_PATTERNS, until_day)]


async def count_spending(session: AsyncSession) -> list[tuple[int, ...]]:
    """(repeats, margin of repeats, margin, returned margin, customers) of who earned something by repeats, sorted."""
    return [tuple(row) for row in await (await driver(session)).fetch(_SPENDING)]


async def count_patterns_by(
    session: AsyncSession, dimension: Dimension, until_day: int
) -> dict[str, list[tuple[int, ...]]]:
    """The same as `count_patterns`, apart by what the customer service says of the customers; who is unknown is left
    out."""
    return await _count_by(
        session,
        dimension,
        "purchase_days - 1, last_day - first_day, greatest($1::int, last_day) - first_day, count(*)",
        "purchase_days > 0",
        "2, 3, 4",
        until_day,
    )


async def count_spending_by(session: AsyncSession, dimension: Dimension) -> dict[str, list[tuple[int, ...]]]:
    """The same as `count_spending`, apart as above."""
    return await _count_by(
        session,
        dimension,
        "purchase_days - 1, repeat_margin, margin, returned_margin, count(*)",
        "purchase_days > 1 AND repeat_margin > 0 AND returned_margin < margin",
        "2, 3, 4, 5",
    )


async def _count_by(
    session: AsyncSession, dimension: Dimension, columns: str, condition: str, group: str, *values: int
) -> dict[str, list[tuple[int, ...]]]:
    name = _DIMENSIONS[dimension]
    statement = _OF_SEGMENT.format(dimension=name, columns=columns, condition=condition, group=group)
    found: dict[str, list[tuple[int, ...]]] = {}
    for segment, *row in await (await driver(session)).fetch(statement, *values):
        found.setdefault(segment, []).append(tuple(row))
    return found


async def find_first_day(session: AsyncSession) -> int | None:
    """The day of the first purchase of all."""
    day: int | None = await (await driver(session)).fetchval(_FIRST_DAY)
    return day


async def sample_buyers(session: AsyncSession, *, one_in: int) -> AsyncIterator[Collection[Statistics]]:
    """One in so many customers with a purchase, some at a time."""
    after: UUID | None = None
    while True:
        buyers = await repository.read_buyers(session, after, one_in, _BUYERS_AT_ONCE)
        yield buyers.values()
        if len(buyers) < _BUYERS_AT_ONCE:
            return
        after = max(buyers)


async def count_values(session: AsyncSession, figure: ValueFigure) -> list[tuple[int, ...]]:
    """(value, customers) over all customers with a purchase, by rising value."""
    return [tuple(row) for row in await (await driver(session)).fetch(_VALUES[figure])]


async def list_buyers_since(
    session: AsyncSession, day: int, *, after: UUID | None, limit: int
) -> dict[UUID, Statistics]:
    """The next customers by id who bought on this local day or later."""
    return await repository.read_buyers_since(session, day, after, limit)


async def reconcile(session: AsyncSession) -> list[KindTotal]:
    """Reads every fact: for reconciliation, not for a dashboard."""
    rows = await (await driver(session)).fetch(_RECONCILIATION)
    return [
        KindTotal(FactKind(row["kind"]), row["currency"], row["facts"], int(row["amount"]), row["customers"])
        for row in rows
    ]


async def read_progress(session: AsyncSession) -> Progress:
    connection = await driver(session)
    totals = await connection.fetchrow(_TOTALS)
    counts = [row[0] for row in await connection.fetch(_LATENCIES)]
    found = {name: quantile(counts, share) for name, share in (("p50", 0.5), ("p95", 0.95), ("p99", 0.99))}
    return Progress(**dict(totals), latency_ms={name: bound for name, bound in found.items() if bound is not None})
