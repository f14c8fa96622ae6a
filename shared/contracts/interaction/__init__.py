"""What the interaction service publishes: one event per recorded interaction, once its customer is known."""

from shared.contracts.interaction.base import InteractionRecorded
from shared.contracts.interaction.complaints import (
    ComplaintAssigned,
    ComplaintClosed,
    ComplaintFollowedUp,
    ComplaintOpened,
    ComplaintReopened,
    ComplaintResolved,
    ComplaintResponded,
    Severity,
)
from shared.contracts.interaction.corrections import InteractionVoided
from shared.contracts.interaction.relations import (
    CallRecorded,
    CompetitorNoticed,
    CorrespondenceRecorded,
    EngagementRecorded,
    MentionRecorded,
    NoteRecorded,
    ReferralMade,
    SurveyAnswered,
    VisitRecorded,
)
from shared.contracts.interaction.trade import (
    PaymentRecorded,
    PurchaseLine,
    PurchaseRecorded,
    ReturnRecorded,
    ServicePerformed,
    UsageRecorded,
)

__all__ = [
    "CallRecorded",
    "CompetitorNoticed",
    "ComplaintAssigned",
    "ComplaintClosed",
    "ComplaintFollowedUp",
    "ComplaintOpened",
    "ComplaintReopened",
    "ComplaintResolved",
    "ComplaintResponded",
    "CorrespondenceRecorded",
    "EngagementRecorded",
    "InteractionRecorded",
    "InteractionVoided",
    "MentionRecorded",
    "NoteRecorded",
    "PaymentRecorded",
    "PurchaseLine",
    "PurchaseRecorded",
    "ReferralMade",
    "ReturnRecorded",
    "ServicePerformed",
    "Severity",
    "SurveyAnswered",
    "UsageRecorded",
    "VisitRecorded",
]
