"""SQL of told scores, reviews and rescoring, over arrays where it follows a batch."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.scoring.scores.models import Rescoring
from services.scoring.scores.telling import Told
from shared.db.session import driver

_UPSERT_TOLD = """
INSERT INTO scores (customer_id, realised_value, current_value, probability_active, satisfaction, loyalty_level,
                    lifecycle_stage, abc_class, recency, frequency, monetary, as_of, policy_version, model_version,
                    last_12_months, growth_potential, lifetime_profit, loyalty, quadrant, partnership_stage,
                    cost_to_serve, churn_risk, churn_reasons)
SELECT customer_id, realised_value, current_value, probability_active, satisfaction, loyalty_level, lifecycle_stage,
       abc_class, recency, frequency, monetary, as_of, policy_version, model_version, last_12_months, growth_potential,
       lifetime_profit, loyalty, quadrant, partnership_stage, cost_to_serve, churn_risk,
       string_to_array(churn_reasons, ' ')
FROM unnest($1::uuid[], $2::bigint[], $3::bigint[], $4::float8[], $5::smallint[], $6::text[], $7::text[], $8::text[],
            $9::smallint[], $10::smallint[], $11::smallint[], $12::timestamptz[], $13::int[], $14::int[], $15::bigint[],
            $16::bigint[], $17::bigint[], $18::smallint[], $19::text[], $20::text[], $21::bigint[],
            $22::smallint[], $23::text[])
    AS batch (customer_id, realised_value, current_value, probability_active, satisfaction, loyalty_level,
              lifecycle_stage, abc_class, recency, frequency, monetary, as_of, policy_version, model_version,
              last_12_months, growth_potential, lifetime_profit, loyalty, quadrant, partnership_stage, cost_to_serve,
       churn_risk, churn_reasons)
ON CONFLICT (customer_id) DO UPDATE
SET realised_value = EXCLUDED.realised_value, current_value = EXCLUDED.current_value,
    probability_active = EXCLUDED.probability_active, satisfaction = EXCLUDED.satisfaction,
    loyalty_level = EXCLUDED.loyalty_level, lifecycle_stage = EXCLUDED.lifecycle_stage,
    abc_class = EXCLUDED.abc_class, recency = EXCLUDED.recency, frequency = EXCLUDED.frequency,
    monetary = EXCLUDED.monetary, as_of = EXCLUDED.as_of, policy_version = EXCLUDED.policy_version,
    model_version = EXCLUDED.model_version, last_12_months = EXCLUDED.last_12_months,
    growth_potential = EXCLUDED.growth_potential, lifetime_profit = EXCLUDED.lifetime_profit,
    loyalty = EXCLUDED.loyalty, quadrant = EXCLUDED.quadrant,
    partnership_stage = EXCLUDED.partnership_stage, cost_to_serve = EXCLUDED.cost_to_serve,
    churn_risk = EXCLUDED.churn_risk,
    churn_reasons = EXCLUDED.churn_reasons
"""

_UPSERT_REVIEWS = """
INSERT INTO reviews (customer_id, due_at) SELECT * FROM unnest($1::uuid[], $2::timestamptz[])
ON CONFLICT (customer_id) DO UPDATE SET due_at = EXCLUDED.due_at
"""

_DELETE_REVIEWS = "DELETE FROM reviews WHERE customer_id = ANY ($1::uuid[])"

_INSERT_RESCORING = """
INSERT INTO rescoring (singleton, policy_version, customers, scored, told, skipped, refold, started_at)
VALUES (true, 0, 0, 0, 0, 0, false, $1)
ON CONFLICT DO NOTHING
"""

_HAVE_ENDED = """
SELECT NOT EXISTS (SELECT
                   FROM pg_snapshot_xip(pg_current_snapshot()) AS running
                   JOIN pg_stat_activity ON backend_xid = running::xid
                   WHERE running < $1::xid8 AND datname = current_database())
"""

_DUE = "SELECT customer_id FROM reviews WHERE due_at <= $1 ORDER BY due_at LIMIT $2"


async def upsert_told(session: AsyncSession, told: Mapping[UUID, Told]) -> None:
    if not told:
        return
    ones = told.values()
    quintiles = [one.rfm or (None, None, None) for one in ones]
    await (await driver(session)).execute(
        _UPSERT_TOLD,
        list(told),
        [one.realised_value for one in ones],
        [one.current_value for one in ones],
        [one.probability_active for one in ones],
        [one.satisfaction for one in ones],
        [one.loyalty_level for one in ones],
        [one.lifecycle_stage for one in ones],
        [one.abc_class for one in ones],
        *([quintile[place] for quintile in quintiles] for place in range(3)),
        [one.as_of for one in ones],
        [one.policy_version for one in ones],
        [one.model_version for one in ones],
        [one.last_12_months for one in ones],
        [one.growth_potential for one in ones],
        [one.lifetime_profit for one in ones],
        [one.loyalty for one in ones],
        [one.quadrant for one in ones],
        [one.partnership_stage for one in ones],
        [one.cost_to_serve for one in ones],
        [one.churn_risk for one in ones],
        [" ".join(one.churn_reasons) for one in ones],
    )


async def delete_told(session: AsyncSession, customer_ids: Sequence[UUID]) -> None:
    await (await driver(session)).execute("DELETE FROM scores WHERE customer_id = ANY ($1::uuid[])", list(customer_ids))


async def set_reviews(session: AsyncSession, due: Mapping[UUID, datetime | None]) -> None:
    """Sets when customers are due; None: never."""
    dated = {customer_id: at for customer_id, at in due.items() if at is not None}
    if dated:
        await (await driver(session)).execute(_UPSERT_REVIEWS, list(dated), list(dated.values()))
    if len(dated) < len(due):
        await (await driver(session)).execute(_DELETE_REVIEWS, [one for one in due if one not in dated])


async def list_due(session: AsyncSession, until: datetime, limit: int) -> list[UUID]:
    """Customers whose review is due, the longest waiting first."""
    return [row[0] for row in await (await driver(session)).fetch(_DUE, until, limit)]


async def lock_rescoring(session: AsyncSession, started_at: datetime) -> Rescoring | None:
    """The one row of rescoring's progress; None while another process works on it."""
    await (await driver(session)).execute(_INSERT_RESCORING, started_at)
    return await session.get(Rescoring, True, with_for_update={"skip_locked": True})


async def next_transaction(session: AsyncSession) -> int:
    """The id of a transaction later than all that have begun to write by now."""
    return int(await (await driver(session)).fetchval("SELECT pg_snapshot_xmax(pg_current_snapshot())::text"))


async def have_ended(session: AsyncSession, before: int | None) -> bool:
    """Whether all transactions on this database that had begun to write earlier than the one with the id `before` have
    ended. Ids are given out by the whole PostgreSQL server: its other databases are not waited for."""
    if before is None:
        return True
    return bool(await (await driver(session)).fetchval(_HAVE_ENDED, before))
