"""One portion of a simulation: customers scored under what is in force and under the draft, and held together."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from services.scoring.facts.statistics import Statistics
from services.scoring.portfolio.portfolio import Portfolio, bounds_alike
from services.scoring.scores.context import Context
from services.scoring.scores.explanation import Scored
from services.scoring.scores.score import Score, effective_instant, score_many
from services.scoring.scores.telling import tell
from services.scoring.simulations.comparison import Comparison, Pair, compare, figures_moved, merge, moves_of
from services.scoring.simulations.samples import Samples, add_sample, differing_reasons, wanted


@dataclass(frozen=True, slots=True)
class Plan:
    """`counts_otherwise`: the draft makes other statistics of the same facts. `bounds_otherwise`: it has boundaries of
    classes of its own."""

    before: Context
    after: Context
    as_of: datetime
    counts_otherwise: bool
    bounds_otherwise: bool

    @classmethod
    def of(cls, before: Context, after: Context, portfolio: Mapping[str, Any] | None, as_of: datetime) -> "Plan":
        """`portfolio`: the boundaries under the draft, as stored, once they are known."""
        counts_otherwise = not before.measures.counts_like(after.measures)
        other_shares = not bounds_alike(before.policy, after.policy)
        if portfolio is not None:
            after = replace(after, portfolio=msgspec.convert(portfolio, Portfolio))
        bounds_otherwise = before.portfolio is not None and (counts_otherwise or other_shares)
        return cls(before, after, as_of, counts_otherwise, bounds_otherwise)


@dataclass(frozen=True, slots=True)
class Findings:
    """All that is known of the customers so far."""

    comparison: Comparison = field(default_factory=Comparison)
    samples: Samples = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Counted:
    """A portion of customers as a draft counts them; who has a fact that it cannot count is left out."""

    customers: int
    last: UUID | None
    statistics: Mapping[UUID, Statistics]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a portion showed: `moves` has the classes and figures that differ, by customer; `skipped` counts those whom
    the draft cannot count."""

    customers: int
    last: UUID | None
    skipped: int
    moves: Mapping[UUID, tuple[dict[str, Any], dict[str, Any]]]
    findings: Findings


def read_findings(stored: Mapping[str, Any]) -> Findings:
    return msgspec.convert(stored, Findings)


def write_findings(findings: Findings) -> dict[str, Any]:
    return asdict(findings)


def compare_portion(
    plan: Plan,
    live: Mapping[UUID, Statistics],
    anew: Mapping[UUID, Statistics],
    known: Findings,
) -> Outcome:
    """`anew`: the same customers as the draft counts them; who is not in it is skipped. Seconds for thousands."""
    compared = [customer_id for customer_id in live if customer_id in anew]
    before = _score(plan.before, [live[one] for one in compared], plan.as_of)
    after = _score(plan.after, [anew[one] for one in compared], plan.as_of)
    pairs = [Pair(tell(old), tell(new)) for old, new in zip(before, after, strict=True)]
    moves: dict[UUID, tuple[dict[str, Any], dict[str, Any]]] = {}
    samples = known.samples
    for place, (customer_id, pair) in enumerate(zip(compared, pairs, strict=True)):
        classes = moves_of(pair)
        if not classes:
            continue
        moves[customer_id] = dict(classes), dict(figures_moved(pair))
        missing = wanted(samples, classes)
        if missing:
            reasons = differing_reasons(
                Scored(customer_id, live[customer_id], plan.before, before[place], None),
                Scored(customer_id, anew[customer_id], plan.after, after[place], None),
            )
            for transition in missing:
                add_sample(samples, transition, customer_id, reasons)
    return Outcome(
        customers=len(live),
        last=max(live, default=None),
        skipped=len(live) - len(compared),
        moves=moves,
        findings=Findings(merge(known.comparison, compare(pairs)), samples),
    )


def _score(context: Context, customers: list[Statistics], as_of: datetime) -> list[Score]:
    if not customers:
        return []
    return score_many([(one, effective_instant(one, as_of)) for one in customers], context, look_ahead=False)
