"""A score with all its reasons: what a person who asks "why" is told."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from services.scoring.facts.fact import Fact, FactKind
from services.scoring.facts.statistics import Statistics
from services.scoring.lifetime.expectation import Intervals
from services.scoring.scores.lifecycle import explain_stage
from services.scoring.scores.loyalty import explain_lacking, explain_level, explain_loyalty, standing_of
from services.scoring.scores.reason import Reason, total
from services.scoring.scores.score import Context, Score, value_intervals
from services.scoring.scores.value import explain_current, explain_realised, patterns_of, realised_last_year


@dataclass(frozen=True, slots=True)
class Scored:
    """A customer's score with what it was computed from; `facts` only where they were asked for."""

    customer_id: UUID
    statistics: Statistics
    context: Context
    score: Score
    facts: Sequence[Fact] | None


@dataclass(frozen=True, slots=True)
class Explanation:
    """`realised` and `current` add up to the score's values, `loyalty` to `loyalty_tenths`; `level` is what the level
    reached rests on, `lacking` what the next one asks for in vain, `missing` why there is no current value."""

    realised: tuple[Reason, ...]
    realised_last_12_months: int
    current: tuple[Reason, ...]
    missing: Reason | None
    intervals: Intervals
    stage: Reason
    level: tuple[Reason, ...]
    lacking: tuple[Reason, ...]
    loyalty: tuple[Reason, ...]
    loyalty_tenths: int
    abc: Reason | None
    rfm: tuple[Reason, ...]


def explain(scored: Scored) -> Explanation:
    statistics, context, score = scored.statistics, scored.context, scored.score
    policy, probability = context.policy, score.current.probability_active
    today = context.measures.day(score.as_of)
    standing = standing_of(statistics, score.satisfaction, score.activity, policy.loyalty)
    loyalty = explain_loyalty(statistics, standing, score.stage, probability, policy.loyalty)
    current: tuple[Reason, ...] = ()
    if score.current.minor is not None:
        pattern = patterns_of([(statistics, today)], policy.money.digits)
        current = explain_current(score.current, pattern, policy)
    return Explanation(
        realised=explain_realised(statistics),
        realised_last_12_months=realised_last_year(statistics, today),
        current=current,
        missing=None if score.current.missing is None else Reason(f"missing_{score.current.missing}", None),
        intervals=value_intervals(statistics, context, score.as_of),
        stage=explain_stage(statistics, score.activity, score.stage, probability),
        level=explain_level(standing, score.level, policy.loyalty),
        lacking=explain_lacking(standing, score.level, policy.loyalty),
        loyalty=loyalty,
        loyalty_tenths=total(loyalty),
        abc=_explain_abc(context, score),
        rfm=_explain_rfm(statistics, context, score),
    )


def _explain_abc(context: Context, score: Score) -> Reason | None:
    if score.abc is None or context.portfolio is None:
        return None
    evidence = {
        "realised": score.realised,
        "a_minimum": context.portfolio.a_minimum,
        "b_minimum": context.portfolio.b_minimum,
    }
    return Reason(f"abc_{score.abc.lower()}", None, evidence, (FactKind.PURCHASE, FactKind.RETURN, FactKind.RESOLUTION))


def _explain_rfm(statistics: Statistics, context: Context, score: Score) -> tuple[Reason, ...]:
    if score.rfm is None or context.portfolio is None:
        return ()
    recency, frequency, monetary = score.rfm
    purchases = (FactKind.PURCHASE,)
    days = len(statistics.purchase_days)
    return (
        Reason("rfm_recency", None, {"quintile": recency, "silence_days": score.activity.silence_days}, purchases),
        Reason("rfm_frequency", None, {"quintile": frequency, "purchase_days": days}, purchases),
        Reason("rfm_monetary", None, {"quintile": monetary, "realised": score.realised}, purchases),
    )
