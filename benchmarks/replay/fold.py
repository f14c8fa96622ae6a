"""What a replay cannot do without: `python -m benchmarks.replay.fold DSN` reads all facts by one statement, in order,
and folds each customer's, keeping none. Prints how many customers there were, and the seconds it took.
"""

import asyncio
import json
import sys
import time
from collections.abc import Sequence
from typing import Any

import asyncpg
import msgspec

from services.scoring.facts.fact import NO_DETAIL, Detail, Fact, FactKind
from services.scoring.facts.measures import Measures
from services.scoring.facts.statistics import EMPTY, fold
from services.scoring.policies.queries import read_policy

_FACTS = """
SELECT customer_id, event_id, kind, occurred_at, amount, margin, currency, detail FROM facts ORDER BY customer_id
"""
_AT_ONCE = 5_000
_decode = msgspec.json.Decoder(Detail).decode


async def measure(dsn: str) -> dict[str, Any]:
    measures = Measures(read_policy())
    connection = await asyncpg.connect(dsn.replace("+asyncpg", ""))
    began = time.perf_counter()
    customers, group = 0, list[Fact]()
    async with connection.transaction():
        async for row in connection.cursor(_FACTS, prefetch=_AT_ONCE):
            fact = _fact(row)
            if group and fact.customer_id != group[0].customer_id:
                fold(EMPTY, group, measures)
                customers, group = customers + 1, []
            group.append(fact)
        if group:
            fold(EMPTY, group, measures)
            customers += 1
    seconds = time.perf_counter() - began
    await connection.close()
    return {"customers": customers, "seconds": seconds, "cpu_seconds": time.process_time()}


def _fact(row: Sequence[Any]) -> Fact:
    customer_id, event_id, kind, occurred_at, amount, margin, currency, detail = row
    read = NO_DETAIL if detail is None else _decode(detail)
    return Fact(customer_id, event_id, FactKind(kind), occurred_at, amount, margin, currency, read)


if __name__ == "__main__":
    print(json.dumps(asyncio.run(measure(sys.argv[1]))))  # noqa: T201
