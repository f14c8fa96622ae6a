"""Scores as the API shows them: figures written out, reasons as sentences."""

from typing import Any, Final

from services.scoring.facts.progress import Progress
from services.scoring.scores.explanation import Explanation, Scored, explain
from services.scoring.scores.models import Rescoring, ToldScore
from services.scoring.scores.schemas.shapes import RescoringRead, ScoreRead, StatusRead, ToldScoreRead
from services.scoring.scores.sentences import Language
from services.scoring.scores.writing import Writer

_MAX_EVENTS: Final = 100
"""Event ids shown per reason, the newest."""


def show_score(scored: Scored, language: Language) -> ScoreRead:
    statistics, score = scored.statistics, scored.score
    why = explain(scored)
    writer = Writer(scored.context.policy.money, language, scored.facts, _MAX_EVENTS)
    return ScoreRead.model_validate(
        {
            "customer_id": scored.customer_id,
            "as_of": score.as_of,
            "language": language,
            "policy_version": score.policy_version,
            "model_version": score.model_version,
            "portfolio_version": score.portfolio_version,
            "facts": statistics.facts,
            "notice": None if statistics.facts else writer.say("nothing_known"),
            "realised_value": {
                "value": writer.amount(score.realised),
                "last_12_months": writer.amount(why.realised_last_12_months),
                "reasons": writer.reasons(why.realised, "money"),
            },
            "current_value": _show_current(scored, why, writer),
            **_show_standing(scored, why, writer),
            "review_at": score.review_at,
        }
    )


def _show_current(scored: Scored, why: Explanation, writer: Writer) -> dict[str, Any]:
    current, policy, intervals = scored.score.current, scored.context.policy.lifetime, why.intervals
    probability = current.probability_active
    return {
        "value": None if current.minor is None else writer.amount(current.minor),
        "value_interval": writer.money_interval(intervals.value),
        "probability_active": None if probability is None else round(probability, 4),
        "probability_active_interval": writer.interval(intervals.probability_active),
        "expected_purchases": None if current.purchases is None else round(current.purchases, 4),
        "expected_purchases_interval": writer.interval(intervals.purchases),
        "expected_margin": None if current.margin is None else writer.amount(current.margin),
        "expected_margin_interval": writer.money_interval(intervals.margin),
        "horizon_months": policy.horizon_months,
        "discount_per_year": policy.discount_per_year,
        "interval": policy.interval,
        "missing": None if why.missing is None else writer.reason(why.missing),
        "reasons": writer.reasons(why.current, "money"),
    }


def _show_standing(scored: Scored, why: Explanation, writer: Writer) -> dict[str, Any]:
    score = scored.score
    rfm = None
    if score.rfm is not None:
        rfm = dict(zip(("recency", "frequency", "monetary"), score.rfm, strict=True), reasons=writer.reasons(why.rfm))
    return {
        "satisfaction": {
            "value": score.satisfaction.tenths / 10,
            "reasons": writer.reasons(score.satisfaction.reasons, "points"),
        },
        "loyalty": {"value": why.loyalty_tenths / 10, "reasons": writer.reasons(why.loyalty, "points")},
        "loyalty_level": {
            "value": score.level,
            "reasons": writer.reasons(why.level),
            "lacking": writer.reasons(why.lacking),
        },
        "lifecycle_stage": {"value": score.stage, "reasons": [writer.reason(why.stage)]},
        "abc_class": None if why.abc is None else {"value": score.abc, "reasons": [writer.reason(why.abc)]},
        "rfm": rfm,
    }


def show_told(told: ToldScore, currency: str) -> ToldScoreRead:
    rfm = None if told.recency is None else (told.recency, told.frequency, told.monetary)
    current = None if told.current_value is None else {"minor": told.current_value, "currency": currency}
    return ToldScoreRead.model_validate(
        {
            **told.model_dump(exclude={"recency", "frequency", "monetary"}),
            "realised_value": {"minor": told.realised_value, "currency": currency},
            "current_value": current,
            "satisfaction": told.satisfaction / 10,
            "rfm": rfm,
        }
    )


def show_status(progress: Progress, reviews_due: int, rescoring: Rescoring | None, *, rescored: bool) -> StatusRead:
    return StatusRead(
        facts=progress.facts,
        customers=progress.customers,
        known_customers=progress.known_customers,
        last_applied_at=progress.last_applied_at,
        last_occurred_at=progress.last_occurred_at,
        recorded_to_scored_ms=progress.latency_ms,
        reviews_due=reviews_due,
        rescoring=None if rescoring is None else _show_rescoring(rescoring, done=rescored),
    )


def _show_rescoring(rescoring: Rescoring, *, done: bool) -> RescoringRead:
    return RescoringRead(
        policy_version=rescoring.policy_version,
        model_version=rescoring.model_version,
        portfolio_version=rescoring.portfolio_version,
        customers=rescoring.customers,
        scored=rescoring.scored,
        told=rescoring.told,
        skipped=rescoring.skipped,
        done=done,
    )
