"""The kinds of interactions, and what any of them may tell."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from shared.money import Money


class Kind(StrEnum):
    PURCHASE = "purchase"
    RETURN = "return"
    PAYMENT = "payment"
    USAGE = "usage"
    SERVICE = "service"
    COMPLAINT = "complaint"
    COMPLAINT_ASSIGNMENT = "complaint_assignment"
    COMPLAINT_RESPONSE = "complaint_response"
    COMPLAINT_RESOLUTION = "complaint_resolution"
    COMPLAINT_FOLLOW_UP = "complaint_follow_up"
    COMPLAINT_CLOSURE = "complaint_closure"
    COMPLAINT_REOPENING = "complaint_reopening"
    VISIT = "visit"
    SURVEY = "survey"
    REFERRAL = "referral"
    CALL = "call"
    CORRESPONDENCE = "correspondence"
    MENTION = "mention"
    ENGAGEMENT = "engagement"
    COMPETITOR = "competitor"
    NOTE = "note"
    VOID = "void"


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """What any interaction may tell beside its kind: with whom, at what cost to serve, and what it corrects."""

    contact_id: UUID | None = None
    cost_to_serve: Money | None = None
    amends: UUID | None = None


NO_CIRCUMSTANCES = Circumstances()
