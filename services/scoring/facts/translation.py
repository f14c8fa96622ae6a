"""From the interaction service's events to facts."""

from services.scoring.facts.fact import Detail, Fact, FactKind, Instrument, survey_points
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


def to_fact(data: InteractionRecorded) -> Fact:
    """Raises Poison for amounts that contradict each other."""
    amount, margin, detail = None, None, Detail()
    match data:
        case interaction.PurchaseRecorded():
            amount, margin = data.amount, data.margin
            detail = Detail(categories=tuple(sorted({line.category for line in data.lines})))
        case interaction.ReturnRecorded():
            amount, margin = data.amount, data.margin
        case interaction.ComplaintOpened():
            detail = Detail(source=data.source, case=data.case, severity=SEVERITIES.index(data.severity.value))
        case interaction.ComplaintResolved():
            amount, detail = data.compensation, Detail(source=data.source, case=data.case)
        case interaction.SurveyAnswered():
            instrument = Instrument[data.instrument.upper()]
            detail = Detail(instrument=instrument, points=_points(instrument, data.score))
    return Fact(
        customer_id=data.customer_id,
        event_id=data.interaction_id,
        kind=KINDS[type(data)],
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
