"""What each kind of interaction tells, beside who, when and where from."""

from services.interaction.ingest.details.complaints import (
    Complaint,
    ComplaintAssignment,
    ComplaintClosure,
    ComplaintFollowUp,
    ComplaintReopening,
    ComplaintResolution,
    ComplaintResponse,
)
from services.interaction.ingest.details.kinds import (
    NO_CIRCUMSTANCES,
    Circumstances,
    Kind,
)
from services.interaction.ingest.details.relations import (
    Call,
    Competitor,
    Correspondence,
    Engagement,
    Mention,
    Note,
    Referral,
    Survey,
    Visit,
    Void,
)
from services.interaction.ingest.details.trade import (
    Payment,
    Purchase,
    PurchaseLine,
    Return,
    Service,
    Usage,
)

__all__ = [
    "KINDS",
    "NO_CIRCUMSTANCES",
    "Call",
    "CaseStep",
    "Circumstances",
    "Competitor",
    "Complaint",
    "ComplaintAssignment",
    "ComplaintClosure",
    "ComplaintFollowUp",
    "ComplaintReopening",
    "ComplaintResolution",
    "ComplaintResponse",
    "Correspondence",
    "Details",
    "Engagement",
    "Kind",
    "Mention",
    "Note",
    "Payment",
    "Purchase",
    "PurchaseLine",
    "Referral",
    "Return",
    "Service",
    "Survey",
    "Usage",
    "Visit",
    "Void",
]

CaseStep = (
    Complaint
    | ComplaintAssignment
    | ComplaintResponse
    | ComplaintResolution
    | ComplaintFollowUp
    | ComplaintClosure
    | ComplaintReopening
)
Details = (
    Purchase
    | Return
    | Payment
    | Usage
    | Service
    | Complaint
    | ComplaintAssignment
    | ComplaintResponse
    | ComplaintResolution
    | ComplaintFollowUp
    | ComplaintClosure
    | ComplaintReopening
    | Visit
    | Survey
    | Referral
    | Call
    | Correspondence
    | Mention
    | Engagement
    | Competitor
    | Note
    | Void
)
KINDS: dict[Kind, type[Details]] = {
    kind.kind: kind
    for kind in (
        Purchase,
        Return,
        Payment,
        Usage,
        Service,
        Complaint,
        ComplaintAssignment,
        ComplaintResponse,
        ComplaintResolution,
        ComplaintFollowUp,
        ComplaintClosure,
        ComplaintReopening,
        Visit,
        Survey,
        Referral,
        Call,
        Correspondence,
        Mention,
        Engagement,
        Competitor,
        Note,
        Void,
    )
}
