"""The databases that every run starts from: customers with a history, a fitted model, a portfolio."""

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import httpx
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine
from sqlmodel import SQLModel

from benchmarks.harness.processes import HttpProcess
from benchmarks.harness.site import BrokerSite, Site, open_broker
from benchmarks.load.customers import registered
from benchmarks.load.happenings import Happening, Totals
from benchmarks.load.history import told_history
from benchmarks.load.population import Population
from benchmarks.load.records import recorded
from benchmarks.reference.tables import NaiveStatistics
from benchmarks.scoring.status import ScoringStatus
from shared.messaging.broker import Broker

CHUNK = 5_000
_MEAN_PURCHASES = 3.0
_HISTORY_DAYS = 540.0
_SEED = 1


@dataclass(frozen=True, slots=True)
class Ground:
    """`ours` and `naive` are templates of databases; `totals` is what `ours` has counted already."""

    population: Population
    until: datetime
    ours: str
    naive: str
    totals: Totals


async def publish_happenings(broker: Broker, told: Iterable[list[Happening]], recorded_at: datetime) -> Totals:
    totals = Totals()
    for chunk in told:
        await broker.publish(recorded(chunk, recorded_at.isoformat()))
        totals.add(chunk)
    return totals


@asynccontextmanager
async def scoring_processes(
    site: Site, database: str, broker: dict[str, str], **settings: Any
) -> AsyncIterator[tuple[ScoringStatus, HttpProcess, HttpProcess]]:
    """An API to ask, and a worker that is not started yet."""
    worker = site.service("scoring", "worker", database, broker, **settings)
    async with (
        site.service("scoring", "api", database, broker) as api,
        httpx.AsyncClient(base_url=api.url, headers=site.headers(), trust_env=False, timeout=60) as client,
    ):
        yield ScoringStatus(client, worker), worker, api


async def prepare_ground(site: Site, customers: int, until: datetime) -> Ground:
    """Lets the worker itself make the history, then fits a model and takes a portfolio."""
    population = Population(customers)
    database = await site.migrated("scoring")
    async with open_broker(site, "kafka") as broker:
        for start in range(0, customers, CHUNK):
            await broker.client.publish(registered(population.ids[start : start + CHUNK], until.isoformat()))
        history = told_history(
            population, mean_purchases=_MEAN_PURCHASES, days=_HISTORY_DAYS, seed=_SEED, until=until, chunk=CHUNK
        )
        totals = await publish_happenings(broker.client, history, until)
        await _catch_up(site, database, broker, totals)
    return Ground(population, until, database, await _prepare_naive(site, population), totals)


async def _catch_up(site: Site, database: str, broker: BrokerSite, totals: Totals) -> None:
    async with scoring_processes(site, database, broker.settings) as (status, worker, _), worker:
        await status.await_facts(totals.count)
        fit = await status.post("/v1/models/fit", {})
        await status.await_answer(f"/v1/models/fits/{fit['fit_id']}", lambda it: it["state"] in ("done", "refused"))
        await status.post("/v1/portfolio", {})
        await status.await_answer("/v1/status", _rescored)


def _rescored(status: dict[str, Any]) -> bool:
    rescoring = status["rescoring"]
    return bool(
        rescoring
        and rescoring["done"]
        and rescoring["model_version"] is not None
        and rescoring["portfolio_version"] is not None
        and status["known_customers"] >= status["customers"]
    )


async def _prepare_naive(site: Site, population: Population) -> str:
    """Its customers too have rows already, since inserting them is not what is compared."""
    await site.postgres.ensure_database("naive_scoring")
    engine = create_async_engine(site.postgres.dsn("naive_scoring"))
    async with engine.begin() as connection:
        await connection.run_sync(SQLModel.metadata.create_all)
        await connection.execute(
            text(
                f"INSERT INTO {NaiveStatistics.__tablename__} (customer_id, events, purchases, amount) "
                "SELECT unnest(cast(:ids AS uuid[])), 0, 0, 0"
            ),
            {"ids": list(population.ids)},
        )
    await engine.dispose()
    return "naive_scoring"
