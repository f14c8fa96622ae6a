"""Every event type, by its wire name: the one list from which decoding, schemas and AsyncAPI are derived."""

from shared.contracts import customer, inbound, interaction, notification, scoring
from shared.contracts.envelope import EventData

EVENT_TYPES: dict[str, type[EventData]] = {
    model.event_type: model
    for model in (
        customer.CustomerRegistered,
        customer.CustomerChanged,
        customer.ProfileUpdated,
        customer.ProfileErased,
        interaction.PurchaseRecorded,
        interaction.ReturnRecorded,
        interaction.ComplaintOpened,
        interaction.ComplaintResolved,
        interaction.VisitRecorded,
        interaction.SurveyAnswered,
        interaction.ReferralMade,
        scoring.ScoreChanged,
        notification.MessageSent,
        notification.MessageFailed,
        notification.MessageSuppressed,
        inbound.InboundPurchase,
        inbound.InboundReturn,
        inbound.InboundComplaint,
        inbound.InboundComplaintResolution,
        inbound.InboundVisit,
        inbound.InboundSurvey,
        inbound.InboundReferral,
    )
}

TOMBSTONES: dict[str, type[EventData]] = {model.topic: model for model in EVENT_TYPES.values() if model.tombstone}
"""The event that a null value stands for, by topic."""
