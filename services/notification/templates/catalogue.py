"""What each template may show, with a sample of it: the list behind the API, the preview and the start-up check.

These come with Rapport; a business adds its own (`templates.queries.load_specs`).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from services.notification.values import Member, MemberState, RuleName

SAMPLE_INSTANT = datetime(2026, 3, 1, 12, tzinfo=UTC)

SAMPLE_COUPON = "SAMPLE-CODE"


@dataclass(frozen=True, slots=True)
class TemplateSpec:
    """`facts` are the names a template may use beside the customer, the day and the brand, each with a sample. What is
    `for_staff` is said by tasks only, everything else by messages only.
    """

    name: str
    facts: Mapping[str, str]
    required: frozenset[str]
    for_staff: bool = False


CATALOGUE: Mapping[str, TemplateSpec] = {
    str(spec.name): spec
    for spec in (
        TemplateSpec(
            RuleName.PURCHASE_THANKS,
            {"order_id": "A-1001", "amount_minor": "2933", "currency": "CNY"},
            frozenset({"order_id", "amount_minor", "currency"}),
        ),
        TemplateSpec(
            RuleName.COMPLAINT_RECEIPT, {"case": "C-17", "category": "delivery"}, frozenset({"case", "category"})
        ),
        TemplateSpec(RuleName.VISIT_THANKS, {"place": "store", "purpose": "consultation"}, frozenset({"place"})),
        TemplateSpec(RuleName.BIRTHDAY, {}, frozenset()),
        TemplateSpec(RuleName.WEDDING, {}, frozenset()),
        *(
            TemplateSpec(name, {"years": "3"}, frozenset({"years"}))
            for name in (RuleName.CUSTOMER_SINCE, RuleName.PURCHASE_ANNIVERSARY)
        ),
        TemplateSpec(
            RuleName.HOLIDAY_GREETING,
            {"holiday": "mid_autumn", "on": "2026-09-25", "days": "0"},
            frozenset({"holiday", "on", "days"}),
        ),
        *(
            TemplateSpec(name, {"on": "2026-03-08", "days": "7", "label": "A-1001"}, frozenset({"on", "days"}))
            for name in (
                RuleName.EXPIRY,
                RuleName.INSPECTION,
                RuleName.MAINTENANCE,
                RuleName.WARRANTY_END,
                RuleName.CONTRACT_END,
            )
        ),
        TemplateSpec(
            RuleName.CHURN_WARNING,
            {"churn_risk": "72.5", "churn_reasons": "complaint_pending, silence_model"},
            frozenset({"churn_risk"}),
            for_staff=True,
        ),
        TemplateSpec(
            RuleName.CONTRACT_RENEWAL,
            {"on": "2026-03-08", "days": "7", "label": "A-1001"},
            frozenset({"on", "days"}),
            for_staff=True,
        ),
        TemplateSpec(RuleName.FOLLOW_UP_CALL, {"case": "C-17"}, frozenset(), for_staff=True),
    )
}


def sample_member(language: str) -> Member:
    """The customer of previews that name none."""
    return Member(
        customer_id=UUID(int=0),
        state=MemberState.KNOWN,
        display_name="Test Customer",
        given_name="Test",
        language=language,
        time_zone="UTC",
        loyalty_level="behaviourally_loyal",
    )
