"""Scores as the API shows them: figures written out, reasons as sentences."""

from dataclasses import asdict
from typing import Any, Final

from services.scoring.facts.progress import Progress
from services.scoring.policies.policy import ServicePolicy
from services.scoring.scores.explanation import Explanation, Scored, explain
from services.scoring.scores.lifting import Figure
from services.scoring.scores.models import Rescoring, ToldScore
from services.scoring.scores.reason import Reason
from services.scoring.scores.schemas.shapes import RescoringRead, ScoreRead, StatusRead, ToldScoreRead
from services.scoring.scores.sentences import Language
from services.scoring.scores.telling import MONEY_FIGURES, TENTHS
from services.scoring.scores.value import explain_model
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
                "last_12_months": writer.amount(score.last_year),
                "reasons": writer.reasons(why.realised, "money"),
            },
            "current_value": _show_current(scored, why, writer),
            "growth_potential": {
                "value": None if score.potential.minor is None else writer.amount(score.potential.minor),
                "missing": None if why.potential_missing is None else writer.reason(why.potential_missing),
                "reasons": writer.reasons(why.potential, "money"),
            },
            "lifetime_profit": None if score.lifetime_profit is None else writer.amount(score.lifetime_profit),
            **_show_standing(scored, why, writer),
            "cost_to_serve": {
                "value": writer.amount(score.cost_to_serve),
                "reasons": writer.reasons(why.serving, "money"),
            },
            **_show_classes(scored, why, writer),
            "review_at": score.review_at,
        }
    )


def _show_model(scored: Scored, writer: Writer) -> dict[str, Any] | None:
    model = scored.context.model
    if model is None:
        return None
    used = model.of(scored.statistics.more.profile)
    return {
        "version": model.version,
        "purchase_model": used.purchases.name,
        "segment_by": model.segment_by,
        "segment": used.segment,
        "reason": writer.reason(explain_model(model, scored.statistics)),
    }


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
        "model": _show_model(scored, writer),
        "missing": None if why.missing is None else writer.reason(why.missing),
        "reasons": writer.reasons(why.current, "money"),
    }


def _show_standing(scored: Scored, why: Explanation, writer: Writer) -> dict[str, Any]:
    score = scored.score
    return {
        "satisfaction": _show_points(score.satisfaction.tenths, score.satisfaction.reasons, writer),
        "loyalty": _show_points(score.loyalty, why.loyalty, writer),
        "churn_risk": None if score.churn is None else _show_points(score.churn.tenths, score.churn.reasons, writer),
    }


def _show_points(tenths: int, reasons: tuple[Reason, ...], writer: Writer) -> dict[str, Any]:
    return {"value": tenths / 10, "reasons": writer.reasons(reasons, "points")}


def _show_classes(scored: Scored, why: Explanation, writer: Writer) -> dict[str, Any]:
    score = scored.score

    def shown(figure: Figure, value: str, *reasons: Reason) -> dict[str, Any]:
        lifts = [writer.reason(lift.reason) for lift in why.lifts if lift.figure == figure]
        return {
            "value": value,
            "reasons": writer.reasons(reasons),
            "lifts": None if scored.facts is None else lifts,
        }

    rfm = quadrant = abc = partnership = None
    if score.rfm is not None:
        rfm = dict(zip(("recency", "frequency", "monetary"), score.rfm, strict=True), reasons=writer.reasons(why.rfm))
    if score.abc is not None and why.abc is not None:
        abc = shown("abc_class", score.abc, why.abc)
    if score.quadrant is not None and why.quadrant is not None:
        service = scored.context.policy.quadrants.service[score.quadrant]
        quadrant = shown("quadrant", score.quadrant, why.quadrant) | {"service": _show_service(service, writer)}
    if score.partnership is not None and why.partnership is not None:
        partnership = shown("partnership_stage", score.partnership, why.partnership)
    level = shown("loyalty_level", score.level, *why.level)
    return {
        "loyalty_level": level | {"lacking": writer.reasons(why.lacking)},
        "lifecycle_stage": shown("lifecycle_stage", score.stage, why.stage),
        "abc_class": abc,
        "quadrant": quadrant,
        "partnership_stage": partnership,
        "rfm": rfm,
    }


def _show_service(service: ServicePolicy, writer: Writer) -> dict[str, Any]:
    return {**asdict(service), "text": service.text[writer.language]}


def show_told(told: ToldScore, currency: str) -> ToldScoreRead:
    rfm = None if told.recency is None else (told.recency, told.frequency, told.monetary)
    return ToldScoreRead.model_validate(
        {
            **told.model_dump(exclude={"recency", "frequency", "monetary"}),
            **{name: _money(getattr(told, name), currency) for name in MONEY_FIGURES},
            **{name: _points(getattr(told, name)) for name in TENTHS},
            "churn_reasons": told.churn_reasons or (),
            "rfm": rfm,
        }
    )


def _money(minor: int | None, currency: str) -> dict[str, Any] | None:
    return None if minor is None else {"minor": minor, "currency": currency}


def _points(tenths: int | None) -> float | None:
    return None if tenths is None else tenths / 10


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
