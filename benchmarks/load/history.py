"""What customers did before a benchmark begins: rates and lifetimes that differ, so that a model can be fitted."""

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from benchmarks.load.happenings import Happening, happening
from benchmarks.load.population import Population

_LEAVING_SHARE = 0.4
"""Of customers who stop buying somewhere on the way; the others are active to the end."""


def told_history(
    population: Population, *, mean_purchases: float, days: float, seed: int, until: datetime, chunk: int
) -> Iterator[list[Happening]]:
    """At least one purchase of everybody, `mean_purchases` of who stays: gamma-distributed rates, some of them cut off.

    The last `days` before `until`; each customer begins somewhere in the first half of them. In no order of time.
    """
    chance = random.Random(seed)  # noqa: S311 - made-up data
    first = until.astimezone(UTC) - timedelta(days=days)
    part: list[Happening] = []
    serial = 0
    for customer in population.ids:
        begins = chance.uniform(0, days / 2)
        ends = chance.uniform(begins, days) if chance.random() < _LEAVING_SHARE else days
        more = chance.gammavariate(1.0, mean_purchases - 1) * (ends - begins) / (days - begins)
        for day in (begins, *(chance.uniform(begins, ends) for _ in range(round(more)))):
            part.append(happening(chance, customer, "purchase", first + timedelta(days=day), serial))
            serial += 1
        if len(part) >= chunk:
            yield part
            part = []
    if part:
        yield part
