"""A database of the interaction service in which everybody is known already, as on any day but the first."""

import asyncio
import time
from datetime import datetime

import httpx

from benchmarks.harness.processes import ProcessFailed
from benchmarks.harness.site import Site, open_broker
from benchmarks.load.customers import registered
from benchmarks.load.population import Population
from shared.contracts.topics import CUSTOMER_EVENTS
from shared.messaging.partitioning import partition_of

_CHUNK = 5_000
_LEARNING_SECONDS = 300.0


async def prepare_known_customers(site: Site, population: Population, at: datetime) -> str:
    """The name of the database; its customers were learned from the topic, by the worker."""
    database = await site.migrated("interaction")
    async with open_broker(site, "embedded") as broker:
        ids = population.ids
        for start in range(0, len(ids), _CHUNK):
            await broker.client.publish(registered(ids[start : start + _CHUNK], at.isoformat()))
        async with (
            site.service("interaction", "api", database, broker.settings) as api,
            site.service("interaction", "worker", database, broker.settings) as worker,
            httpx.AsyncClient(base_url=api.url, headers=site.headers(), trust_env=False) as client,
        ):
            deadline = time.monotonic() + _LEARNING_SECONDS
            for customer in _last_of_each_partition(ids):
                # Not known: 404. The last one of a partition is known after all others of it.
                while (await client.get(f"/v1/customers/{customer}/timeline")).status_code != 200:
                    worker.require_running()
                    if time.monotonic() > deadline:
                        raise ProcessFailed(f"customers are not known in time:\n{worker.tail()}")
                    await asyncio.sleep(0.1)
    return database


def _last_of_each_partition(ids: tuple[str, ...]) -> list[str]:
    last = {partition_of(one.encode(), CUSTOMER_EVENTS.partitions): one for one in ids}
    return list(last.values())
