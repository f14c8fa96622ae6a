"""What a customer brought in each quarter, and what was done for them, from the facts alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from services.scoring.facts.fact import Fact, FactKind
from services.scoring.facts.measures import Measures
from services.scoring.facts.statistics import EMPTY, Statistics, fold
from services.scoring.insight.periods import Period

MOST_QUARTERS: Final = 8


@dataclass(frozen=True, slots=True)
class Standing:
    """Scores at the end of a quarter, in points of 100; None before the first fact."""

    satisfaction: float | None = None
    loyalty: float | None = None
    churn_risk: float | None = None


@dataclass(frozen=True, slots=True)
class Quarter:
    """`facts` of the quarter in their order, `statistics` folded from them alone."""

    period: Period
    facts: Sequence[Fact]
    statistics: Statistics
    standing: Standing


def lasting(history: Sequence[Fact]) -> list[Fact]:
    """Facts that nothing took back, without the voids themselves."""
    voided = {fact.detail.voids for fact in history if fact.kind is FactKind.VOID}
    return [fact for fact in history if fact.kind is not FactKind.VOID and fact.event_id not in voided]


def periods_until(last: Period, history: Sequence[Fact], measures: Measures) -> list[Period]:
    """Quarters up to and including this one, from that of the first fact on, `MOST_QUARTERS` at most."""
    periods = [last]
    first = min((measures.date(measures.day(fact.occurred_at)) for fact in history), default=last.first)
    while len(periods) < MOST_QUARTERS and periods[0].first > first:
        periods.insert(0, periods[0].before())
    return periods


def quarter_of_facts(period: Period, history: Sequence[Fact], measures: Measures, standing: Standing) -> Quarter:
    """Raises Poison for a fact that the policy cannot count."""
    within = [fact for fact in history if period.first <= measures.date(measures.day(fact.occurred_at)) <= period.last]
    return Quarter(period, within, fold(EMPTY, within, measures), standing)
