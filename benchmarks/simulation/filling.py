"""A database as it is after everybody has been scored, made in a minute: statistics rows, a model and a portfolio."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from uuid import uuid4

import asyncpg
import msgspec

from benchmarks.harness.site import Site
from benchmarks.load.population import customer_id
from benchmarks.scores.customers import MODEL, SPEND, make_context, make_customers
from services.scoring.facts import packing
from services.scoring.facts.state import CustomerState

_DISTINCT = 20_000
_SEED = 11

_MODEL = """
INSERT INTO lifetime_models (fit_id, policy_version, fitted_at, observed_until, customers, repeat_customers, r, alpha,
                             a, b, log_likelihood, goodness, spend_customers, p, q, gamma)
VALUES ($1, 1, $2, $3, $4, $4, $5, $6, $7, $8, 0, '{}', $4, $9, $10, $11)
"""

_FIT = """
INSERT INTO model_fits (fit_id, state, requested_at, observed_until, percent, model_version)
VALUES ($1, 'done', $2, $3, 100, 1)
"""

_RESCORING = """
INSERT INTO rescoring (singleton, policy_version, model_version, portfolio_version, customers, scored, told, skipped,
                       refold, started_at, finished_at)
VALUES (true, 1, 1, 1, $1, $1, 0, 0, false, $2, $2)
"""

_BATCH = """
INSERT INTO applied_batches (applied_at, facts, customers, known_customers, latencies) VALUES ($1, 0, $2, 0, '{}')
"""


async def fill(site: Site, database: str, customers: int, now: datetime) -> None:
    """Statistics of distinct customers, each as often as it takes; nothing waits to be computed."""
    connection = await site.postgres.connect(database)
    try:
        await connection.copy_records_to_table(
            "customer_statistics", records=_rows(customers, now), columns=("customer_id", *packing.COLUMNS)
        )
        await connection.execute("VACUUM (ANALYZE) customer_statistics")
        await write_surroundings(connection, customers, now)
    finally:
        await connection.close()


def _rows(customers: int, now: datetime) -> Iterator[tuple[Any, ...]]:
    distinct = make_customers(min(customers, _DISTINCT), make_context(), until=now, seed=_SEED)
    packed = [packing.row_of(CustomerState(one)) for one in distinct]
    for number in range(customers):
        yield customer_id(number), *packed[number % len(packed)]


async def write_surroundings(connection: "asyncpg.Connection[asyncpg.Record]", customers: int, now: datetime) -> None:
    """So that the worker has nothing else to do: a model fitted, a portfolio taken, everybody scored under them."""
    fit_id = uuid4()
    parameters = [*MODEL.purchases.as_array().tolist(), SPEND.p, SPEND.q, SPEND.gamma]
    figures = msgspec.to_builtins(make_context().portfolio)
    await connection.execute(_MODEL, fit_id, now, now.date(), customers, *parameters)
    await connection.execute(_FIT, fit_id, now, now.date())
    await connection.execute(
        "INSERT INTO portfolios (policy_version, computed_at, figures) VALUES (1, $1, $2)",
        now,
        msgspec.json.encode(figures).decode(),
    )
    await connection.execute(_RESCORING, customers, now)
    await connection.execute(_BATCH, now, customers)
