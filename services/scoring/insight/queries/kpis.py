"""Reads behind the key figures of account management. They look at every fact until the end of the period: for reports,
not for a page that polls."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import numpy as np
from sqlalchemy.ext.asyncio import AsyncSession

from services.scoring.facts import queries as facts
from services.scoring.facts.fact import FactKind
from services.scoring.facts.measures import Measures, to_day
from services.scoring.insight.kpis import Table, Traded, add_trade, convert
from services.scoring.insight.periods import Period
from services.scoring.lifetime import queries as models
from services.scoring.lifetime.splitting import Split, split_ledgers
from services.scoring.policies.policy import Policy
from shared.db.session import driver

_AT_ONCE: Final = 2_000

# A void takes its interaction back, whenever it arrived.
_LASTING = """NOT EXISTS (
    SELECT FROM facts AS void
    WHERE void.customer_id = f.customer_id AND void.detail ->> 'voids' = f.event_id::text
)"""

_TRADE = f"""
SELECT t.owner_id, (f.occurred_at >= $2)::int + (f.occurred_at >= $3)::int AS place, f.kind, f.currency,
       coalesce(sum(f.amount), 0)::bigint AS amount, coalesce(sum(f.margin), 0)::bigint AS margin,
       coalesce(sum(f.amount) FILTER (WHERE f.margin IS NULL), 0)::bigint AS unknown,
       coalesce(sum(f.amount) FILTER (WHERE jsonb_array_length(k.profile -> 5) > 0), 0)::bigint AS with_wallet
FROM facts AS f LEFT JOIN customer_traits AS t USING (customer_id) LEFT JOIN known_customers AS k USING (customer_id)
WHERE f.kind = ANY ($5::smallint[]) AND f.occurred_at >= $1 AND f.occurred_at < $4 AND {_LASTING}
GROUP BY 1, 2, 3, 4
"""  # noqa: S608 - fixed text

_SERVICE = f"""
SELECT t.owner_id, (f.occurred_at >= $2)::int AS place,
       coalesce(sum((f.detail ->> 'points')::int) FILTER (WHERE f.kind = $4), 0)::bigint AS points,
       count(f.detail ->> 'points') FILTER (WHERE f.kind = $4) AS answers,
       count(f.detail ->> 'due_day') FILTER (WHERE f.kind = $5) AS promised,
       count(*) FILTER (WHERE f.kind = $5 AND (f.occurred_at AT TIME ZONE $6)::date - date '1970-01-01'
                              <= (f.detail ->> 'due_day')::int) AS kept
FROM facts AS f LEFT JOIN customer_traits AS t USING (customer_id)
WHERE f.kind IN ($4, $5) AND f.occurred_at >= $1 AND f.occurred_at < $3 AND {_LASTING}
GROUP BY 1, 2
"""  # noqa: S608 - fixed text

_BUYERS = f"""
SELECT t.owner_id, count(*) FILTER (WHERE now) AS buyers, count(*) FILTER (WHERE before) AS buyers_before,
       count(*) FILTER (WHERE earlier) AS buyers_earlier, count(*) FILTER (WHERE now AND before) AS retained,
       count(*) FILTER (WHERE before AND earlier) AS retained_before, count(*) FILTER (WHERE first_at >= $3) AS new,
       count(*) FILTER (WHERE first_at >= $2 AND first_at < $3) AS new_before
FROM (
    SELECT f.customer_id, min(f.occurred_at) AS first_at, bool_or(f.occurred_at >= $3) AS now,
           bool_or(f.occurred_at >= $2 AND f.occurred_at < $3) AS before,
           bool_or(f.occurred_at >= $1 AND f.occurred_at < $2) AS earlier
    FROM facts AS f WHERE f.kind = $5 AND f.occurred_at < $4 AND {_LASTING} GROUP BY 1
) AS buyer LEFT JOIN customer_traits AS t USING (customer_id)
GROUP BY 1
"""  # noqa: S608 - fixed text

_RECEIVABLES = f"""
WITH invoice AS (
    SELECT f.customer_id, f.currency, max(f.amount) FILTER (WHERE f.detail ->> 'variant' <> 'paid') AS amount,
           min(f.occurred_at) FILTER (WHERE f.detail ->> 'variant' <> 'paid') AS due_at,
           min(f.occurred_at) FILTER (WHERE f.detail ->> 'variant' = 'paid') AS paid_at
    FROM facts AS f WHERE f.kind = $4 AND f.detail ? 'variant' AND f.occurred_at < $3 AND {_LASTING}
    GROUP BY f.customer_id, f.currency, f.detail ->> 'source', f.detail ->> 'case'
)
SELECT t.owner_id, currency,
       sum(amount) FILTER (WHERE due_at < $1 AND (paid_at IS NULL OR paid_at >= $1)) AS open_0,
       sum(amount) FILTER (WHERE due_at < $2 AND (paid_at IS NULL OR paid_at >= $2)) AS open_1,
       sum(amount) FILTER (WHERE due_at < $3 AND (paid_at IS NULL OR paid_at >= $3)) AS open_2,
       sum(amount) FILTER (WHERE due_at >= $1 AND due_at < $2) AS invoiced_0,
       sum(amount) FILTER (WHERE due_at >= $2 AND due_at < $3) AS invoiced_1
FROM invoice LEFT JOIN customer_traits AS t USING (customer_id) GROUP BY 1, 2
"""  # noqa: S608 - fixed text

_WALLETS = """
SELECT t.owner_id, wallet ->> 1 AS currency, sum((wallet ->> 0)::bigint)::bigint AS yearly
FROM known_customers AS k CROSS JOIN jsonb_array_elements(k.profile -> 5) AS wallet
LEFT JOIN customer_traits AS t USING (customer_id) GROUP BY 1, 2
"""

_CUSTOMERS = """
SELECT t.owner_id, count(*) AS customers FROM known_customers LEFT JOIN customer_traits AS t USING (customer_id)
WHERE registered_at < $1 GROUP BY 1
"""

_OWNERS = "SELECT customer_id, owner_id FROM customer_traits WHERE customer_id = ANY ($1::uuid[])"


@dataclass(frozen=True, slots=True)
class Marks:
    """The instants that part three periods: the one asked for ends at `end`, the one before begins at `before`."""

    earlier: datetime
    before: datetime
    start: datetime
    end: datetime


async def read_kpis(session: AsyncSession, period: Period, *, policy: Policy, measures: Measures) -> Table:
    """Customers belong to who owns them today: what they bought under an earlier owner counts for the present one."""
    before = period.before()
    days = [to_day(one) for one in (before.before().first, before.first, period.first, period.following)]
    marks = Marks(*(measures.start_of(day) for day in days))
    table = Table((before.days, period.days))
    await _add_trade(session, table, marks, policy)
    await _add_service(session, table, marks, policy)
    await _add_buyers(session, table, marks)
    await _add_accounts(session, table, marks, policy)
    for place, (first, following) in enumerate(((days[1], days[2]), (days[2], days[3]))):
        await _add_forecast(session, table, place, Split(first - 1, following - 1), measures, policy)
    return table


async def _add_trade(session: AsyncSession, table: Table, marks: Marks, policy: Policy) -> None:
    kinds = [FactKind.PURCHASE, FactKind.RETURN, FactKind.RESOLUTION]
    rows = await (await driver(session)).fetch(
        _TRADE, marks.earlier, marks.before, marks.start, marks.end, [int(kind) for kind in kinds]
    )
    for row in rows:
        traded = Traded(*(row[name] for name in ("kind", "currency", "amount", "margin", "unknown", "with_wallet")))
        if row["place"]:
            add_trade(table.of(row["owner_id"], row["place"] - 1), [traded], policy.money)
        if row["place"] < 2 and traded.kind != FactKind.RESOLUTION:
            sign = 1 if traded.kind == FactKind.PURCHASE else -1
            amount = convert(traded.amount, traded.currency, policy.money)
            table.of(row["owner_id"], row["place"]).sold_before += sign * amount


async def _add_service(session: AsyncSession, table: Table, marks: Marks, policy: Policy) -> None:
    kinds = int(FactKind.SURVEY), int(FactKind.SERVICE)
    rows = await (await driver(session)).fetch(_SERVICE, marks.before, marks.start, marks.end, *kinds, policy.time_zone)
    for row in rows:
        sums = table.of(row["owner_id"], row["place"])
        sums.points, sums.answers = row["points"], row["answers"]
        sums.promised, sums.kept = row["promised"], row["kept"]


async def _add_buyers(session: AsyncSession, table: Table, marks: Marks) -> None:
    rows = await (await driver(session)).fetch(
        _BUYERS, marks.earlier, marks.before, marks.start, marks.end, int(FactKind.PURCHASE)
    )
    for row in rows:
        now, before = table.of(row["owner_id"], 1), table.of(row["owner_id"], 0)
        now.buyers, now.buyers_before, now.retained, now.new = (
            row[name] for name in ("buyers", "buyers_before", "retained", "new")
        )
        before.buyers, before.buyers_before, before.retained, before.new = (
            row[name] for name in ("buyers_before", "buyers_earlier", "retained_before", "new_before")
        )


async def _add_accounts(session: AsyncSession, table: Table, marks: Marks, policy: Policy) -> None:
    """Invoices, wallets, and how many customers there were."""
    connection, money = await driver(session), policy.money
    for row in await connection.fetch(_RECEIVABLES, marks.before, marks.start, marks.end, int(FactKind.PAYMENT)):
        for place in (0, 1):
            sums = table.of(row["owner_id"], place)
            sums.open_at_start += convert(int(row[f"open_{place}"] or 0), row["currency"], money)
            sums.open_at_end += convert(int(row[f"open_{place + 1}"] or 0), row["currency"], money)
            sums.invoiced += convert(int(row[f"invoiced_{place}"] or 0), row["currency"], money)
    for row in await connection.fetch(_WALLETS):
        for place in (0, 1):
            table.of(row["owner_id"], place).wallets += convert(row["yearly"], row["currency"], money)
    for place, end in ((0, marks.start), (1, marks.end)):
        for row in await connection.fetch(_CUSTOMERS, end):
            table.of(row["owner_id"], place).customers = row["customers"]


async def _add_forecast(
    session: AsyncSession, table: Table, place: int, split: Split, measures: Measures, policy: Policy
) -> None:
    """Purchases that the model in force when the period began expected of the customers of then, and those made."""
    version = await models.find_version(session, measures.start_of(split.calibrated_until + 1))
    if version is None:
        return
    model = (await models.read_model(session, version)).purchases
    after: UUID | None = None
    while True:
        portion = await facts.list_statistics(session, after=after, limit=_AT_ONCE)
        for owner, ledgers in (await _by_owner(session, portion)).items():
            seen = split_ledgers(ledgers, split, digits=policy.money.digits, discount_per_year=0.0)
            if not seen.customers:
                continue
            x, t_x, age = seen.patterns.x, seen.patterns.t_x, seen.patterns.T
            expected = model.expected_purchases(x, t_x, age, np.full_like(x, split.weeks))
            sums = table.of(owner, place)
            sums.expected = (sums.expected or 0.0) + float(expected.sum())
            sums.bought += int(seen.purchases.sum())
        if len(portion) < _AT_ONCE:
            return
        after = max(portion)


async def _by_owner(session: AsyncSession, portion: Mapping[UUID, Any]) -> dict[str | None, list[Any]]:
    rows = await (await driver(session)).fetch(_OWNERS, list(portion))
    owners = {row[0]: row[1] for row in rows}
    found: dict[str | None, list[Any]] = {}
    for customer_id, statistics in portion.items():
        found.setdefault(owners.get(customer_id), []).append(statistics)
    return found
