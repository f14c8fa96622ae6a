"""A score with all its reasons: what a person who asks "why" is told."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from services.scoring.facts.fact import Fact, FactKind
from services.scoring.facts.statistics import Statistics
from services.scoring.lifetime.expectation import Intervals
from services.scoring.portfolio.growth import pattern_of
from services.scoring.scores.context import Context
from services.scoring.scores.lifecycle import explain_stage
from services.scoring.scores.lifting import Lift, find_lifts
from services.scoring.scores.loyalty import explain_lacking, explain_level, explain_loyalty, standing_of
from services.scoring.scores.partnership import explain_partnership
from services.scoring.scores.potential import explain_potential
from services.scoring.scores.quadrant import explain_quadrant
from services.scoring.scores.reason import Reason
from services.scoring.scores.score import Score, peers_of, value_intervals
from services.scoring.scores.value import explain_current, explain_realised, explain_serving, patterns_of

_VALUE = (FactKind.PURCHASE, FactKind.RETURN, FactKind.RESOLUTION)


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
    """`realised`, `current`, `potential` and `loyalty` add up to the score's figures; `level` is what the level reached
    rests on, `lacking` what the next one asks for in vain, `missing` why there is no current value. `lifts`, what would
    lift a class, are sought only where facts were asked for too."""

    realised: tuple[Reason, ...]
    current: tuple[Reason, ...]
    missing: Reason | None
    intervals: Intervals
    stage: Reason
    level: tuple[Reason, ...]
    lacking: tuple[Reason, ...]
    loyalty: tuple[Reason, ...]
    abc: Reason | None
    potential: tuple[Reason, ...]
    potential_missing: Reason | None
    quadrant: Reason | None
    partnership: Reason | None
    serving: tuple[Reason, ...]
    lifts: tuple[Lift, ...]
    rfm: tuple[Reason, ...]


def explain(scored: Scored) -> Explanation:
    statistics, context, score = scored.statistics, scored.context, scored.score
    policy, probability = context.policy, score.current.probability_active
    today = context.measures.day(score.as_of)
    standing = standing_of(statistics, score.satisfaction, score.activity, policy.loyalty)
    current: tuple[Reason, ...] = ()
    if score.current.minor is not None:
        pattern = patterns_of([(statistics, today)], policy.money.digits)
        current = explain_current(score.current, pattern, policy)
    return Explanation(
        realised=explain_realised(statistics),
        current=current,
        missing=_missing(score.current.missing),
        intervals=value_intervals(statistics, context, score.as_of),
        stage=explain_stage(statistics, score.activity, score.stage, probability),
        level=explain_level(standing, score.level, policy.loyalty),
        lacking=explain_lacking(standing, score.level, policy.loyalty),
        loyalty=explain_loyalty(statistics, standing, score.stage, probability, policy.loyalty),
        abc=_explain_abc(statistics, context, score),
        potential=_explain_potential(statistics, context, score),
        potential_missing=_missing(score.potential.missing),
        quadrant=_explain_quadrant(context, score),
        partnership=(
            None
            if score.partnership is None
            else explain_partnership(score.partnership, statistics, context.measures, today)
        ),
        serving=explain_serving(statistics),
        lifts=() if scored.facts is None else find_lifts(statistics, context, score),
        rfm=_explain_rfm(statistics, context, score),
    )


def _missing(name: str | None) -> Reason | None:
    return None if name is None else Reason(f"missing_{name}", None)


def _explain_potential(statistics: Statistics, context: Context, score: Score) -> tuple[Reason, ...]:
    pattern = pattern_of(statistics, context.measures.day(score.as_of))
    peers, probability = peers_of(statistics, context), score.current.probability_active
    return explain_potential(score.potential, pattern, peers, probability, context.policy.lifetime)


def _explain_quadrant(context: Context, score: Score) -> Reason | None:
    gap = score.potential.gap
    if score.quadrant is None or gap is None or context.portfolio is None:
        return None
    standing = (score.stage, score.activity)
    return explain_quadrant(score.quadrant, score.last_year, gap, standing, context.portfolio.year)


def _explain_abc(statistics: Statistics, context: Context, score: Score) -> Reason | None:
    if score.abc is None or context.portfolio is None:
        return None
    evidence = {
        "realised": score.realised,
        "a_minimum": context.portfolio.a_minimum,
        "b_minimum": context.portfolio.b_minimum,
    }
    profile = statistics.more.profile
    if profile is not None and profile.abuse_flags and context.portfolio.abc(score.realised) == "A":
        return Reason("abc_kept_out", None, {**evidence, "abuse_flags": profile.abuse_flags}, _VALUE)
    return Reason(f"abc_{score.abc.lower()}", None, evidence, _VALUE)


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
