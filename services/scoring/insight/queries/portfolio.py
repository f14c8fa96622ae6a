"""Reads over all customers at once: each looks at every score, for reports rather than for a page that polls."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import numpy as np
from sqlalchemy.ext.asyncio import AsyncSession

from services.scoring.facts import queries as facts
from services.scoring.facts.fact import FactKind
from services.scoring.insight.classes import CHURN_BANDS, DIMENSIONS, ClassCount
from services.scoring.insight.cohorts import Bought, CohortMonth, cohorts_of
from services.scoring.insight.curve import CurvePoint, whale_curve
from services.scoring.policies.policy import Policy
from services.scoring.portfolio.portfolio import Distribution
from shared.db.session import driver

_CLASSES = """
SELECT grouping(loyalty_level, lifecycle_stage, abc_class, quadrant, churn_band) AS absent,
       coalesce(loyalty_level, lifecycle_stage, abc_class, quadrant, churn_band) AS class,
       count(*) AS customers, sum(realised_value)::bigint AS realised, sum(current_value)::bigint AS current,
       sum(growth_potential)::bigint AS potential
FROM (
    SELECT *, ($1::text[])[width_bucket(churn_risk, ARRAY[0, 250, 500, 750])] AS churn_band FROM scores
) AS told
GROUP BY GROUPING SETS ((loyalty_level), (lifecycle_stage), (abc_class), (quadrant), (churn_band))
ORDER BY absent DESC, class
"""

_MAP = """
WITH placed AS (SELECT realised_value, growth_potential FROM scores WHERE abc_class IS NOT NULL),
bounds AS (
    SELECT percentile_disc(ARRAY[0.2, 0.4, 0.6, 0.8]) WITHIN GROUP (ORDER BY realised_value) AS value,
           percentile_disc(ARRAY[0.2, 0.4, 0.6, 0.8]) WITHIN GROUP (ORDER BY coalesce(growth_potential, 0)) AS potential
    FROM placed
)
SELECT (SELECT count(*) FROM unnest(bounds.value) AS bound WHERE realised_value > bound) + 1 AS value_band,
       (SELECT count(*) FROM unnest(bounds.potential) AS bound WHERE coalesce(growth_potential, 0) > bound) + 1
           AS potential_band,
       count(*) AS customers, sum(realised_value)::bigint AS realised,
       sum(coalesce(growth_potential, 0))::bigint AS potential,
       min(bounds.value) AS value_bounds, min(bounds.potential) AS potential_bounds
FROM placed, bounds GROUP BY 1, 2 ORDER BY 1 DESC, 2 DESC
"""

# A void takes a purchase back, so neither the month of the first one nor any sum may know it.
_COHORTS = """
WITH bought AS (
    SELECT customer_id, date_trunc('month', occurred_at AT TIME ZONE $1)::date AS month, currency, sum(amount) AS amount
    FROM facts AS purchase
    WHERE kind = $4 AND NOT EXISTS (
        SELECT FROM facts AS void
        WHERE void.customer_id = purchase.customer_id AND void.detail ->> 'voids' = purchase.event_id::text
    )
    GROUP BY 1, 2, 3
),
born AS (SELECT customer_id, min(month) AS cohort FROM bought GROUP BY 1)
SELECT cohort, month, currency, count(DISTINCT customer_id) AS customers, sum(amount) AS amount
FROM bought JOIN born USING (customer_id) WHERE cohort BETWEEN $2 AND $3
GROUP BY GROUPING SETS ((cohort, month), (cohort, month, currency)) ORDER BY cohort, month, currency NULLS FIRST
"""


async def read_curve(session: AsyncSession, points: int) -> list[CurvePoint]:
    rows = np.array(await facts.count_values(session, "realised"), dtype=np.int64).reshape(-1, 2)
    return whale_curve(Distribution(values=rows[:, 0], customers=rows[:, 1]), points)


async def count_classes(session: AsyncSession) -> list[ClassCount]:
    """Customers by each class, as last told; `value` None counts those who have no such class yet."""
    rows = await (await driver(session)).fetch(_CLASSES, list(CHURN_BANDS))
    return [
        ClassCount(_dimension_of(row["absent"]), row["class"], *(row[name] for name in
                   ("customers", "realised", "current", "potential")))
        for row in rows
    ]  # fmt: skip


async def read_map(session: AsyncSession) -> Sequence[Any]:
    """Cells of value x potential by quintile, the best first; only cells with somebody in them."""
    return list(await (await driver(session)).fetch(_MAP))


async def read_cohorts(
    session: AsyncSession, *, first: date, last: date, policy: Policy
) -> dict[date, list[CohortMonth]]:
    """Those whose first purchase was in the months from `first` to `last`, local to the policy's time zone."""
    rows = await (await driver(session)).fetch(
        _COHORTS, policy.time_zone, first.replace(day=1), last.replace(day=1), FactKind.PURCHASE
    )
    return cohorts_of((Bought(row[0], row[1], row[2], row[3], int(row[4] or 0)) for row in rows), policy.money)


def _dimension_of(absent: int) -> str:
    """GROUPING's bits: one for each column left out, the last column the lowest; exactly one is in."""
    present = ~absent & (2 ** len(DIMENSIONS) - 1)
    return DIMENSIONS[len(DIMENSIONS) - present.bit_length()]
