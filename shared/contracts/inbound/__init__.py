"""What other systems may publish to `inbound.events` or post as CloudEvents: interactions in their own words.

The pair (source, id) of the envelope identifies the interaction for ever; `time` says when it happened; the customer is
named in the data, by the platform's id or by an identity of the other system.
"""

from shared.contracts.inbound.base import (
    Amount,
    CustomerReference,
    DecimalAmount,
    InboundInteraction,
    InteractionReference,
    StrictValue,
)
from shared.contracts.inbound.complaints import (
    InboundComplaint,
    InboundComplaintAssignment,
    InboundComplaintClosure,
    InboundComplaintFollowUp,
    InboundComplaintReopening,
    InboundComplaintResolution,
    InboundComplaintResponse,
)
from shared.contracts.inbound.corrections import InboundVoid
from shared.contracts.inbound.relations import (
    InboundCall,
    InboundCompetitor,
    InboundCorrespondence,
    InboundEngagement,
    InboundMention,
    InboundNote,
    InboundReferral,
    InboundSurvey,
    InboundVisit,
)
from shared.contracts.inbound.trade import (
    InboundPayment,
    InboundPurchase,
    InboundPurchaseLine,
    InboundReturn,
    InboundService,
    InboundUsage,
)

__all__ = [
    "Amount",
    "CustomerReference",
    "DecimalAmount",
    "InboundCall",
    "InboundCompetitor",
    "InboundComplaint",
    "InboundComplaintAssignment",
    "InboundComplaintClosure",
    "InboundComplaintFollowUp",
    "InboundComplaintReopening",
    "InboundComplaintResolution",
    "InboundComplaintResponse",
    "InboundCorrespondence",
    "InboundEngagement",
    "InboundInteraction",
    "InboundMention",
    "InboundNote",
    "InboundPayment",
    "InboundPurchase",
    "InboundPurchaseLine",
    "InboundReferral",
    "InboundReturn",
    "InboundService",
    "InboundSurvey",
    "InboundUsage",
    "InboundVisit",
    "InboundVoid",
    "InteractionReference",
    "StrictValue",
]
