"""A recorded interaction as the event that tells of it."""

from dataclasses import asdict
from typing import Any
from uuid import UUID

import msgspec

from services.interaction.complaints.use_cases import Promise
from services.interaction.ingest.details import Details, Kind, Payment, Purchase, Return
from services.interaction.ingest.earnings import earned, given_up, with_days_late
from services.interaction.ingest.interaction import RecordedInteraction, RecordInteraction
from shared.contracts.interaction import (
    CallRecorded,
    CompetitorNoticed,
    ComplaintAssigned,
    ComplaintClosed,
    ComplaintFollowedUp,
    ComplaintOpened,
    ComplaintReopened,
    ComplaintResolved,
    ComplaintResponded,
    CorrespondenceRecorded,
    EngagementRecorded,
    InteractionRecorded,
    InteractionVoided,
    MentionRecorded,
    NoteRecorded,
    PaymentRecorded,
    PurchaseRecorded,
    ReferralMade,
    ReturnRecorded,
    ServicePerformed,
    SurveyAnswered,
    UsageRecorded,
    VisitRecorded,
)
from shared.messaging.outbox import NewEvent
from shared.money import Money

_EVENTS: dict[Kind, type[InteractionRecorded]] = {
    Kind.PURCHASE: PurchaseRecorded,
    Kind.RETURN: ReturnRecorded,
    Kind.PAYMENT: PaymentRecorded,
    Kind.USAGE: UsageRecorded,
    Kind.SERVICE: ServicePerformed,
    Kind.COMPLAINT: ComplaintOpened,
    Kind.COMPLAINT_ASSIGNMENT: ComplaintAssigned,
    Kind.COMPLAINT_RESPONSE: ComplaintResponded,
    Kind.COMPLAINT_RESOLUTION: ComplaintResolved,
    Kind.COMPLAINT_FOLLOW_UP: ComplaintFollowedUp,
    Kind.COMPLAINT_CLOSURE: ComplaintClosed,
    Kind.COMPLAINT_REOPENING: ComplaintReopened,
    Kind.VISIT: VisitRecorded,
    Kind.SURVEY: SurveyAnswered,
    Kind.REFERRAL: ReferralMade,
    Kind.CALL: CallRecorded,
    Kind.CORRESPONDENCE: CorrespondenceRecorded,
    Kind.MENTION: MentionRecorded,
    Kind.ENGAGEMENT: EngagementRecorded,
    Kind.COMPETITOR: CompetitorNoticed,
    Kind.NOTE: NoteRecorded,
    Kind.VOID: InteractionVoided,
}


def event_of(
    interaction: RecordedInteraction, customer_id: UUID, *, causation_id: str | None, promise: Promise | None = None
) -> NewEvent:
    """The event's id is the interaction's, so that it is the same however often and by whom it is published.

    `promise` is what the business promised where this opens a complaint, or opens it again.
    """
    content = interaction.content
    data = _EVENTS[content.details.kind].model_validate(
        {
            **msgspec.to_builtins(_complete(content)),
            **(asdict(promise) if promise else {}),
            "contact_id": content.circumstances.contact_id,
            "cost_to_serve": _builtin(content.circumstances.cost_to_serve),
            "amends": content.circumstances.amends,
            "interaction_id": content.interaction_id,
            "customer_id": customer_id,
            "source": content.source,
            "source_id": content.source_id,
            "occurred_at": content.occurred_at,
            "recorded_at": interaction.recorded_at,
            "channel": content.channel,
            "actor": content.actor,
        }
    )
    return NewEvent(
        id=str(content.interaction_id),
        data=data,
        customer_id=customer_id,
        time=interaction.recorded_at,
        causation_id=causation_id,
        correlation_id=content.correlation_id,
        traceparent=content.traceparent,
    )


def _complete(content: RecordInteraction) -> Details:
    """What was told, with what follows from it."""
    details = content.details
    if isinstance(details, Purchase):
        return earned(details)
    if isinstance(details, Return):
        return given_up(details)
    if isinstance(details, Payment):
        return with_days_late(details, content.occurred_at)
    return details


def _builtin(money: Money | None) -> dict[str, Any] | None:
    return None if money is None else {"minor": money.minor, "currency": money.currency}
