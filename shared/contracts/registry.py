"""Every event type, by its wire name: the one list from which decoding, schemas and AsyncAPI are derived."""

from shared.contracts import customer, inbound, interaction, notification, scoring
from shared.contracts.envelope import EventData

EVENT_TYPES: dict[str, type[EventData]] = {
    model.event_type: model
    for model in (
        customer.CustomerRegistered,
        customer.CustomerChanged,
        customer.HandoverOpened,
        customer.HandoverCompleted,
        customer.ProfileUpdated,
        customer.ProfileErased,
        interaction.PurchaseRecorded,
        interaction.ReturnRecorded,
        interaction.PaymentRecorded,
        interaction.UsageRecorded,
        interaction.ServicePerformed,
        interaction.ComplaintOpened,
        interaction.ComplaintAssigned,
        interaction.ComplaintResponded,
        interaction.ComplaintResolved,
        interaction.ComplaintFollowedUp,
        interaction.ComplaintClosed,
        interaction.ComplaintReopened,
        interaction.VisitRecorded,
        interaction.SurveyAnswered,
        interaction.ReferralMade,
        interaction.CallRecorded,
        interaction.CorrespondenceRecorded,
        interaction.MentionRecorded,
        interaction.EngagementRecorded,
        interaction.CompetitorNoticed,
        interaction.NoteRecorded,
        interaction.InteractionVoided,
        scoring.ScoreChanged,
        notification.MessageSent,
        notification.MessageFailed,
        notification.MessageSuppressed,
        notification.MessageReceiptRecorded,
        notification.ContactPointReported,
        inbound.InboundPurchase,
        inbound.InboundReturn,
        inbound.InboundPayment,
        inbound.InboundUsage,
        inbound.InboundService,
        inbound.InboundComplaint,
        inbound.InboundComplaintAssignment,
        inbound.InboundComplaintResponse,
        inbound.InboundComplaintResolution,
        inbound.InboundComplaintFollowUp,
        inbound.InboundComplaintClosure,
        inbound.InboundComplaintReopening,
        inbound.InboundVisit,
        inbound.InboundSurvey,
        inbound.InboundReferral,
        inbound.InboundCall,
        inbound.InboundCorrespondence,
        inbound.InboundMention,
        inbound.InboundEngagement,
        inbound.InboundCompetitor,
        inbound.InboundNote,
        inbound.InboundVoid,
    )
}

TOMBSTONES: dict[str, type[EventData]] = {model.topic: model for model in EVENT_TYPES.values() if model.tombstone}
"""The event that a null value stands for, by topic."""
