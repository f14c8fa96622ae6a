"""Which interactions are answered, under which name, and what the answer may say."""

from datetime import timedelta
from uuid import uuid4

from services.notification.rules.care import plan_for
from services.notification.values import RuleName, decision_id_of, message_id_of
from shared.contracts.common import Channel
from tests.support.factories.notification import NOON, complaint, purchase, resolution, visit


def test_purchase_is_thanked_for_with_its_order_and_amount() -> None:
    event = purchase(uuid4(), order_id="A-7")
    plan = plan_for(event)
    assert plan is not None
    assert plan.rule is RuleName.PURCHASE_THANKS
    assert plan.occasion == str(event.data.interaction_id)
    assert plan.facts == {"order_id": "A-7", "amount_minor": "2933", "currency": "CNY"}
    assert plan.caused_by == event.envelope.id


def test_complaint_is_receipted_with_its_case_but_not_its_words() -> None:
    plan = plan_for(complaint(uuid4(), description="private words"))
    assert plan is not None
    assert plan.rule is RuleName.COMPLAINT_RECEIPT
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
