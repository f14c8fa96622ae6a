"""Scoring for a while: `python -m benchmarks.scores.score CUSTOMERS SUBJECT SECONDS` prints how many a second."""

import json
import sys
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from benchmarks.harness.figures import quantile
from benchmarks.scores.customers import batches, make_context, make_customers
from services.scoring.facts.statistics import Statistics
from services.scoring.scores.context import Context
from services.scoring.scores.explanation import Scored, explain
from services.scoring.scores.score import effective_instant, score_many

BULK = 500
"""As many as a rescoring takes into one transaction."""

UNTIL = datetime(2026, 1, 1, tzinfo=UTC)
SUBJECTS = ("500 at once", "one by one", "one by one, explained")
_SEED = 7
_NOBODY = UUID(int=0)


def measure(customers: int, subject: str, seconds: float) -> dict[str, Any]:
    """`p50_ms` and `p99_ms` are of a call, however many it scores."""
    context = make_context()
    everybody = make_customers(customers, context, until=UNTIL, seed=_SEED)
    size = BULK if subject == SUBJECTS[0] else 1
    work = _explained if subject == SUBJECTS[2] else _scored
    work(everybody[:size], context)  # what is computed once per process
    calls, done = _repeat(lambda batch: work(batch, context), list(batches(everybody, size)), seconds)
    ordered = sorted(calls)
    return {
        "per_second": done / sum(calls),
        "p50_ms": quantile(ordered, 0.5) * 1000,
        "p99_ms": quantile(ordered, 0.99) * 1000,
    }


def _repeat(
    work: Callable[[Sequence[Statistics]], object], portions: Sequence[Sequence[Statistics]], seconds: float
) -> tuple[list[float], int]:
    calls: list[float] = []
    done, ends = 0, time.perf_counter() + seconds
    while not calls or time.perf_counter() < ends:
        for portion in portions:
            began = time.perf_counter()
            work(portion)
            calls.append(time.perf_counter() - began)
            done += len(portion)
            if time.perf_counter() >= ends:
                break
    return calls, done


def _scored(customers: Sequence[Statistics], context: Context) -> object:
    return score_many([(one, effective_instant(one, UNTIL)) for one in customers], context)


def _explained(customers: Sequence[Statistics], context: Context) -> object:
    """With reasons, intervals and what would lift each class, as for `?explain=true`."""
    (statistics,) = customers
    (score,) = score_many([(statistics, effective_instant(statistics, UNTIL))], context)
    return explain(Scored(_NOBODY, statistics, context, score, ()))


if __name__ == "__main__":
    print(json.dumps(measure(int(sys.argv[1]), sys.argv[2], float(sys.argv[3]))))  # noqa: T201
