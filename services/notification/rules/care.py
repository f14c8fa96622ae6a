"""The event-driven rules: which interaction makes us write, and what the message may say of it. Pure."""

from collections.abc import Callable
from typing import Any

from services.notification.values import MessagePlan, RuleName
from shared.contracts.envelope import Event
from shared.contracts.interaction import ComplaintOpened, InteractionRecorded, PurchaseRecorded, VisitRecorded

Facts = dict[str, str]


def _purchase_facts(data: PurchaseRecorded) -> Facts:
    return {
        "order_id": data.order_id,
        "amount_minor": str(data.amount.minor),
        "currency": data.amount.currency,
    }


def _complaint_facts(data: ComplaintOpened) -> Facts:
    return {"case": data.case, "category": data.category}


def _visit_facts(data: VisitRecorded) -> Facts:
    return {"place": data.place} | ({"purpose": data.purpose} if data.purpose else {})


_RULES: dict[type[InteractionRecorded], tuple[RuleName, Callable[[Any], Facts]]] = {
    PurchaseRecorded: (RuleName.PURCHASE_THANKS, _purchase_facts),
    ComplaintOpened: (RuleName.COMPLAINT_RECEIPT, _complaint_facts),
    VisitRecorded: (RuleName.VISIT_THANKS, _visit_facts),
}


def plan_for(event: Event[InteractionRecorded]) -> MessagePlan | None:
    """The one message an interaction asks for, or None where no rule speaks of its type.

    The occasion is the interaction's own id, so each interaction is answered once, however often it is delivered.
    """
    entry = _RULES.get(type(event.data))
    if entry is None:
        return None
    rule, facts_of = entry
    data = event.data
    return MessagePlan(
        customer_id=data.customer_id,
        rule=rule,
        occasion=str(data.interaction_id),
        happened_at=data.occurred_at,
        recorded_at=data.recorded_at,
        facts=facts_of(data),
        caused_by=event.envelope.id,
        correlation_id=event.envelope.correlationid or event.envelope.id,
    )
