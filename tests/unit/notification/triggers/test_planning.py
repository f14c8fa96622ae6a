"""Which interactions are answered, under which name, and what the answer may say."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

from services.notification.rules.book import RuleBook
from services.notification.rules.document import Rule, RuleDocument
from services.notification.rules.shipped import shipped_rules
from services.notification.triggers.planning import plans_for
from services.notification.values import MemberState, MessagePlan, RuleName, decision_id_of, message_id_of
from shared.contracts.common import Channel
from shared.contracts.envelope import Event
from tests.support.factories.notification import NOON, complaint, member, purchase, resolution, score_changed, visit


def plan_for(event: Event[Any], **changes: Any) -> MessagePlan | None:
    found = list(plans_for(event, member(**changes), RuleBook(shipped_rules().values())))
    assert len(found) <= 1
    return found[0] if found else None


def book_of(trigger: str, condition: dict[str, Any], *, priority: int = 50, name: str = "a_rule") -> RuleBook:
    document = RuleDocument.model_validate(
        {
            "description": "a test",
            "on": {"event": trigger},
            "when": condition,
            "message": {"template": "visit_thanks", "purpose": "care"},
            "priority": priority,
        }
    )
    return RuleBook([Rule(name, 1, document)])


def test_purchase_is_thanked_for_with_its_order_and_amount() -> None:
    event = purchase(uuid4(), order_id="A-7")
    plan = plan_for(event)
    assert plan is not None
    assert plan.rule == RuleName.PURCHASE_THANKS
    assert plan.occasion == str(event.data.interaction_id)
    assert plan.facts == {"order_id": "A-7", "amount_minor": "2933", "currency": "CNY"}
    assert plan.caused_by == event.envelope.id


def test_complaint_is_receipted_with_its_case_but_not_its_words() -> None:
    plan = plan_for(complaint(uuid4(), description="private words"))
    assert plan is not None
    assert plan.rule == RuleName.COMPLAINT_RECEIPT
    assert plan.facts == {"case": "C-1", "category": "delivery"}


def test_visit_is_thanked_for() -> None:
    plan = plan_for(visit(uuid4(), place="on_site", purpose="review"))
    assert plan is not None
    assert plan.facts == {"place": "on_site", "purpose": "review"}


def test_resolution_asks_for_no_message() -> None:
    assert plan_for(resolution(uuid4())) is None


def test_plan_carries_the_instants_of_the_fact_itself() -> None:
    plan = plan_for(purchase(uuid4(), occurred_at=NOON - timedelta(days=9), recorded_at=NOON))
    assert plan is not None
    assert plan.recorded_at - plan.happened_at == timedelta(days=9)


def test_identity_of_a_message_depends_on_all_that_makes_it_unique() -> None:
    customer_id = uuid4()
    ids = {
        message_id_of(customer_id, RuleName.BIRTHDAY, "2026", Channel.EMAIL),
        message_id_of(customer_id, RuleName.BIRTHDAY, "2026", Channel.INBOX),
        message_id_of(customer_id, RuleName.BIRTHDAY, "2027", Channel.EMAIL),
        message_id_of(customer_id, RuleName.VISIT_THANKS, "2026", Channel.EMAIL),
        message_id_of(uuid4(), RuleName.BIRTHDAY, "2026", Channel.EMAIL),
        decision_id_of(customer_id, RuleName.BIRTHDAY, "2026"),
    }
    assert len(ids) == 6
    assert message_id_of(customer_id, RuleName.BIRTHDAY, "2026", Channel.EMAIL) in ids


def test_condition_decides_whether_a_rule_asks_for_anything() -> None:
    book = book_of("purchase", {"field": "event.amount_minor", "at_least": 3000})
    assert not list(plans_for(purchase(uuid4()), member(), book))
    large = purchase(uuid4(), amount={"minor": 3000, "currency": "CNY"})
    (plan,) = plans_for(large, member(), book)
    assert plan.inputs["amount_minor"] == 3000


def test_condition_waits_with_the_profile() -> None:
    book = book_of("purchase", {"field": "customer.tags", "contains": "vip"})
    assert not list(plans_for(purchase(uuid4()), member(), book))
    assert len(list(plans_for(purchase(uuid4()), member(state=MemberState.UNKNOWN), book))) == 1


def test_score_told_silently_triggers_nothing() -> None:
    book = book_of("score_changed", {"field": "event.changed", "contains": "loyalty_level"})
    told = score_changed(uuid4(), changed=("loyalty_level",))
    assert len(list(plans_for(told, member(), book))) == 1
    assert not list(plans_for(score_changed(uuid4(), changed=("loyalty_level",), silent=True), member(), book))
    assert not list(plans_for(score_changed(uuid4(), changed=("rfm",)), member(), book))
