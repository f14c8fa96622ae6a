"""From the interaction service's events to facts."""

from typing import Any, Final

from services.scoring.facts.fact import NO_DETAIL, Detail, Fact, FactKind, Instrument, survey_points
from services.scoring.policies.policy import SEVERITIES
from shared.contracts import interaction
from shared.contracts.common import Money
from shared.contracts.interaction import InteractionRecorded
from shared.errors import Poison

KINDS: dict[type[InteractionRecorded], FactKind] = {
    interaction.PurchaseRecorded: FactKind.PURCHASE,
    interaction.ReturnRecorded: FactKind.RETURN,
    interaction.ComplaintOpened: FactKind.COMPLAINT,
    interaction.ComplaintResolved: FactKind.RESOLUTION,
    interaction.VisitRecorded: FactKind.VISIT,
    interaction.SurveyAnswered: FactKind.SURVEY,
    interaction.ReferralMade: FactKind.REFERRAL,
}
"""Every event type that becomes a fact."""


_KINDS: Final = {model.event_type: kind for model, kind in KINDS.items()}


def to_fact(data: Any) -> Fact:
    """The fact of one of KINDS or its twin. Raises Poison for amounts that contradict each other."""
    amount, margin, detail = None, None, NO_DETAIL
    match kind := _KINDS[data.event_type]:
        case FactKind.PURCHASE:
            amount, margin = data.amount, data.margin
            if data.lines:
                detail = Detail(categories=tuple(sorted({line.category for line in data.lines})))
        case FactKind.RETURN:
            amount, margin = data.amount, data.margin
        case FactKind.COMPLAINT:
            detail = Detail(source=data.source, case=data.case, severity=SEVERITIES.index(data.severity.value))
        case FactKind.RESOLUTION:
            amount, detail = data.compensation, Detail(source=data.source, case=data.case)
        case FactKind.SURVEY:
            instrument = Instrument[data.instrument.upper()]
            detail = Detail(instrument=instrument, points=_points(instrument, data.score))
    return Fact(
        customer_id=data.customer_id,
        event_id=data.interaction_id,
        kind=kind,
        occurred_at=data.occurred_at,
        amount=None if amount is None else amount.minor,
        margin=_margin(amount, margin),
        currency=None if amount is None else amount.currency,
        detail=detail,
    )


def _margin(amount: Money | None, margin: Money | None) -> int | None:
    if margin is None:
        return None
    if amount is None or margin.currency != amount.currency:
        raise Poison(
            "the margin is in another currency than the amount; record both in one",
            code="margin_currency",
            field="margin",
        )
    return margin.minor


def _points(instrument: Instrument, score: int) -> int:
    points = survey_points(instrument, score)
    if not 0 <= points <= 100:
        raise Poison(f"{score} is no answer on the scale of {instrument.name}", code="survey_score", field="score")
    return points
