"""From the interaction service's events to facts."""

from decimal import Decimal
from typing import Any, Final

from msgspec.structs import replace

from services.scoring.facts.fact import NO_DETAIL, Detail, Fact, FactKind, Instrument, survey_points
from services.scoring.facts.measures import to_day, to_microseconds
from services.scoring.policies.policy import SEVERITIES
from shared.contracts import interaction
from shared.contracts.common import Money
from shared.contracts.interaction import InteractionRecorded
from shared.errors import Poison

KINDS: dict[type[InteractionRecorded], FactKind] = {
    interaction.PurchaseRecorded: FactKind.PURCHASE,
    interaction.ReturnRecorded: FactKind.RETURN,
    interaction.ComplaintOpened: FactKind.COMPLAINT,
    interaction.ComplaintAssigned: FactKind.ASSIGNMENT,
    interaction.ComplaintResponded: FactKind.RESPONSE,
    interaction.ComplaintResolved: FactKind.RESOLUTION,
    interaction.ComplaintFollowedUp: FactKind.FOLLOW_UP,
    interaction.ComplaintClosed: FactKind.CLOSURE,
    interaction.ComplaintReopened: FactKind.REOPENING,
    interaction.VisitRecorded: FactKind.VISIT,
    interaction.SurveyAnswered: FactKind.SURVEY,
    interaction.ReferralMade: FactKind.REFERRAL,
    interaction.PaymentRecorded: FactKind.PAYMENT,
    interaction.UsageRecorded: FactKind.USAGE,
    interaction.ServicePerformed: FactKind.SERVICE,
    interaction.CallRecorded: FactKind.CALL,
    interaction.CorrespondenceRecorded: FactKind.CORRESPONDENCE,
    interaction.MentionRecorded: FactKind.MENTION,
    interaction.EngagementRecorded: FactKind.ENGAGEMENT,
    interaction.CompetitorNoticed: FactKind.COMPETITOR,
    interaction.NoteRecorded: FactKind.NOTE,
    interaction.InteractionVoided: FactKind.VOID,
}
"""Every event type that becomes a fact."""

_MILLION: Final = 1_000_000
_MENTION_POINTS: Final = {"positive": 100, "neutral": None, "negative": 0}


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
            detail = _complaint(data)
        case FactKind.RESOLUTION:
            amount, detail = data.compensation, Detail(source=data.source, case=data.case)
        case FactKind.SURVEY:
            instrument = Instrument[data.instrument.upper()]
            detail = Detail(instrument=instrument, points=_points(instrument, data.score))
        case FactKind.PAYMENT:
            amount, detail = data.amount, _payment(data)
        case _:
            detail = _detail(kind, data)
    return Fact(
        customer_id=data.customer_id,
        event_id=data.interaction_id,
        kind=kind,
        occurred_at=data.occurred_at,
        amount=None if amount is None else amount.minor,
        margin=_margin(amount, margin),
        currency=None if amount is None else amount.currency,
        detail=detail if data.cost_to_serve is None else _costing(detail, data.cost_to_serve),
    )


def _detail(kind: FactKind, data: Any) -> Detail:
    """Of interactions without an amount."""
    match kind:
        case FactKind.VISIT:
            return Detail(variant=data.place)
        case FactKind.USAGE:
            return Detail(variant=data.metric, value=int(Decimal(data.value) * _MILLION))
        case FactKind.COMPETITOR:
            return Detail(variant=data.sign)
        case FactKind.SERVICE:
            return Detail(variant=data.service, due_day=None if data.promised_on is None else to_day(data.promised_on))
        case FactKind.MENTION:
            return Detail(instrument=Instrument.MENTION, points=_MENTION_POINTS[data.sentiment])
        case FactKind.VOID:
            return Detail(voids=data.voided_interaction_id)
        case FactKind.FOLLOW_UP:
            return Detail(data.source, data.case, points=_follow_up_points(data))
        case FactKind.REOPENING:
            severity = None if data.severity is None else SEVERITIES.index(data.severity.value)
            return Detail(data.source, data.case, severity)
        case FactKind.ASSIGNMENT | FactKind.RESPONSE | FactKind.CLOSURE:
            return Detail(data.source, data.case)
    return NO_DETAIL


def _complaint(data: Any) -> Detail:
    respond_by = None if data.respond_by is None else to_microseconds(data.respond_by)
    return Detail(data.source, data.case, SEVERITIES.index(data.severity.value), respond_by=respond_by)


def _payment(data: Any) -> Detail:
    return Detail(data.source, data.invoice, variant=data.status, overdue_days=data.overdue_days)


def _follow_up_points(data: Any) -> int | None:
    """Stars as those of a survey; else whether the customer was content; None where nobody was reached."""
    if data.score is not None:
        return survey_points(Instrument.CSAT, data.score)
    return None if data.satisfied is None else 100 * data.satisfied


def _costing(detail: Detail, cost: Money) -> Detail:
    return replace(detail, cost=cost.minor, cost_currency=cost.currency)


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
