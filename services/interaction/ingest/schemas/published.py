"""A recorded interaction as the event that tells of it."""

from uuid import UUID

import msgspec

from services.interaction.ingest.details import Kind
from services.interaction.ingest.interaction import RecordedInteraction
from shared.contracts.interaction import (
    ComplaintOpened,
    ComplaintResolved,
    InteractionRecorded,
    PurchaseRecorded,
    ReferralMade,
    ReturnRecorded,
    SurveyAnswered,
    VisitRecorded,
)
from shared.messaging.outbox import NewEvent

_EVENTS: dict[Kind, type[InteractionRecorded]] = {
    Kind.PURCHASE: PurchaseRecorded,
    Kind.RETURN: ReturnRecorded,
    Kind.COMPLAINT: ComplaintOpened,
    Kind.COMPLAINT_RESOLUTION: ComplaintResolved,
    Kind.VISIT: VisitRecorded,
    Kind.SURVEY: SurveyAnswered,
    Kind.REFERRAL: ReferralMade,
}


def event_of(interaction: RecordedInteraction, customer_id: UUID, *, causation_id: str | None) -> NewEvent:
    """The event's id is the interaction's, so that it is the same however often and by whom it is published."""
    content = interaction.content
    data = _EVENTS[content.details.kind].model_validate(
        {
            **msgspec.to_builtins(content.details),
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
    )
