"""The decision on one message: consent and addresses in every combination, lateness by data, good manners."""

import itertools
from datetime import datetime, timedelta
from typing import Any

import pytest

from services.notification.messages.decision import Decision, Situation, decide
from services.notification.policy import CarePolicy
from services.notification.rules.document import Rule, RuleDocument
from services.notification.rules.shipped import shipped_rules
from services.notification.values import Member, MemberState, MessagePlan, Outcome, Permission, Reason, RuleName
from shared.contracts.common import Channel, Purpose
from shared.contracts.customer import DoNotDisturb, QuietHours
from tests.support.factories.notification import NOON, member, message_plan

POLICY = CarePolicy()


def decided(
    plan: MessagePlan,
    who: Member,
    rule: Rule | None = None,
    *,
    known_at: datetime | None = None,
    too_late: bool = False,
) -> Decision:
    known_at = known_at or plan.recorded_at
    situation = Situation(policy=POLICY, known_at=known_at, now=known_at, too_late=too_late)
    return decide(plan, who, rule or shipped_rules()[plan.rule], situation)


def changed(name: str, **changes: Any) -> Rule:
    """A shipped rule whose message is another."""
    document = shipped_rules()[name].document
    assert document.message is not None
    return Rule(name, 2, document.model_copy(update={"message": document.message.model_copy(update=changes)}))


def granting(purpose: Purpose, *channels: Channel) -> frozenset[Permission]:
    return frozenset(Permission(channel, purpose) for channel in channels)


@pytest.mark.parametrize("rule", [name for name, rule in shipped_rules().items() if rule.document.message is not None])
@pytest.mark.parametrize(("email", "inbox", "address"), list(itertools.product([True, False], repeat=3)))
def test_consent_matrix(rule: RuleName, email: bool, inbox: bool, address: bool) -> None:
    action = shipped_rules()[rule].document.message
    assert action is not None
    channels = [channel for channel, on in ((Channel.EMAIL, email), (Channel.INBOX, inbox)) if on]
    who = member(granted=granting(action.purpose, *channels), email="a@example.com" if address else None)
    decision = decided(message_plan(rule=rule), who)
    if email and address:
        copies = [Channel.INBOX] if inbox and action.inbox_copy else []
        assert (decision.outcome, decision.sends_on) == (Outcome.PLANNED, (Channel.EMAIL, *copies))
    elif inbox:
        assert (decision.outcome, decision.sends_on) == (Outcome.PLANNED, (Channel.INBOX,))
    else:
        assert decision.outcome is Outcome.SUPPRESSED
        assert decision.sends_on == ()
        assert decision.reason is (Reason.NO_ADDRESS if email else Reason.NO_CONSENT)


@pytest.mark.parametrize("other", [purpose for purpose in Purpose if purpose is not Purpose.CARE])
def test_consent_to_another_purpose_is_none_to_this_one(other: Purpose) -> None:
    decision = decided(message_plan(rule=RuleName.BIRTHDAY), member(granted=granting(other, *Channel)))
    assert decision.reason is Reason.NO_CONSENT


def test_complaint_receipt_needs_consent_to_service_and_not_to_care() -> None:
    plan = message_plan(rule=RuleName.COMPLAINT_RECEIPT)
    assert decided(plan, member(granted=granting(Purpose.SERVICE, *Channel))).outcome is Outcome.PLANNED
    assert decided(plan, member(granted=granting(Purpose.CARE, *Channel))).outcome is Outcome.SUPPRESSED


def test_every_channel_considered_is_told_with_its_reason() -> None:
    decision = decided(message_plan(), member(email=None, granted=granting(Purpose.CARE, Channel.EMAIL)))
    assert [(verdict.channel, verdict.reason) for verdict in decision.considered] == [
        (Channel.EMAIL, Reason.NO_ADDRESS),
        (Channel.INBOX, Reason.NO_CONSENT),
    ]


@pytest.mark.parametrize(
    ("age", "outcome"), [(POLICY.max_age, Outcome.PLANNED), (POLICY.max_age + timedelta(seconds=1), Outcome.SUPPRESSED)]
)
def test_event_recorded_too_long_after_it_happened_is_stale(age: timedelta, outcome: Outcome) -> None:
    plan = message_plan()
    late = message_plan(happened_at=plan.recorded_at - age, recorded_at=plan.recorded_at)
    decision = decided(late, member())
    assert decision.outcome is outcome
    assert decision.reason is (Reason.STALE if outcome is Outcome.SUPPRESSED else None)


def test_unknown_customer_is_waited_for() -> None:
    decision = decided(message_plan(), member(state=MemberState.UNKNOWN, granted=frozenset()))
    assert decision.outcome is Outcome.AWAITING_PROFILE


def test_nothing_is_awaited_that_would_not_be_sent_anyway() -> None:
    plan = message_plan()
    stale = message_plan(happened_at=plan.recorded_at - timedelta(days=30), recorded_at=plan.recorded_at)
    assert decided(stale, member(state=MemberState.UNKNOWN)).reason is Reason.STALE


@pytest.mark.parametrize(
    ("wait", "reason"), [(POLICY.max_wait, None), (POLICY.max_wait + timedelta(seconds=1), Reason.TOO_LATE)]
)
def test_profile_that_comes_after_the_longest_wait_is_too_late(wait: timedelta, reason: Reason | None) -> None:
    plan = message_plan()
    assert decided(plan, member(), known_at=plan.recorded_at + wait).reason is reason


def test_erased_customer_is_never_written_to() -> None:
    assert decided(message_plan(), member(state=MemberState.ERASED)).reason is Reason.ERASED


def test_birthday_is_not_greeted_amid_a_severe_complaint() -> None:
    who = member(has_quieting_complaint=True)
    assert decided(message_plan(rule=RuleName.BIRTHDAY), who).reason is Reason.OPEN_COMPLAINT
    assert decided(message_plan(rule=RuleName.PURCHASE_THANKS), who).outcome is Outcome.PLANNED


def test_organisation_has_no_birthday() -> None:
    decision = decided(message_plan(rule=RuleName.BIRTHDAY), member(is_person=False))
    assert decision.reason is Reason.NOT_A_PERSON


def test_occasion_whose_day_is_over_is_too_late() -> None:
    assert decided(message_plan(rule=RuleName.BIRTHDAY), member(), too_late=True).reason is Reason.TOO_LATE


def test_retired_rule_is_recorded_as_such() -> None:
    visit = shipped_rules()["visit_thanks"]
    retired = Rule(visit.name, visit.version, visit.document, is_retired=True)
    assert decided(message_plan(), member(), retired).reason is Reason.RULE_DISABLED


def test_rule_s_order_of_channels_is_kept() -> None:
    first_inbox = changed("visit_thanks", channels=(Channel.INBOX, Channel.EMAIL))
    assert decided(message_plan(), member(), first_inbox).sends_on == (Channel.INBOX,)


def test_deceased_customer_is_never_written_to() -> None:
    assert decided(message_plan(), member(is_deceased=True)).reason is Reason.DECEASED


def test_marketing_is_left_out_amid_a_severe_complaint_too() -> None:
    who = member(has_quieting_complaint=True)
    assert decided(message_plan(), who, changed("visit_thanks", purpose=Purpose.MARKETING)).reason is (
        Reason.OPEN_COMPLAINT
    )
    assert decided(message_plan(), who, changed("visit_thanks", purpose=Purpose.SERVICE)).outcome is Outcome.PLANNED


def test_rule_may_say_itself_whether_the_apology_comes_first() -> None:
    who = member(has_quieting_complaint=True)
    document = shipped_rules()["visit_thanks"].document.model_copy(update={"apology_first": True})
    assert decided(message_plan(), who, Rule("visit_thanks", 2, document)).reason is Reason.OPEN_COMPLAINT


def test_condition_is_held_against_trigger_customer_and_scores() -> None:
    document = RuleDocument.model_validate(
        {
            "description": "a test",
            "on": {"event": "visit"},
            "when": {
                "all": [
                    {"field": "event.place", "is": "store"},
                    {"field": "customer.tags", "contains": "vip"},
                    {"field": "score.churn_risk", "at_least": 60},
                ]
            },
            "message": {"template": "visit_thanks", "purpose": "care"},
        }
    )
    rule = Rule("visit_thanks", 2, document)
    right = {"traits": {"tags": frozenset({"vip", "new"})}, "figures": {"churn_risk": 60.5}}
    in_store = message_plan(inputs={"place": "store"})
    assert decided(in_store, member(**right), rule).outcome is Outcome.PLANNED
    assert decided(message_plan(inputs={"place": "on_site"}), member(**right), rule).reason is Reason.CONDITION_NOT_MET
    for name in right:
        assert decided(in_store, member(**(right | {name: {}})), rule).reason is Reason.CONDITION_NOT_MET


def follow_up(**parts: Any) -> Rule:
    document = {"description": "a test", "on": {"event": "visit"}, "task": {"template": "follow_up_call"}}
    return Rule("follow_up", 1, RuleDocument.model_validate(document | parts))


@pytest.mark.parametrize(
    "who",
    [
        {"granted": frozenset(), "email": None},
        {"do_not_disturb": DoNotDisturb(paused=True)},
        {"do_not_disturb": DoNotDisturb(quiet_hours=QuietHours(start="00:00", end="23:59"))},
        {"has_quieting_complaint": True},
    ],
)
def test_a_task_is_not_said_to_the_customer_so_that_good_manners_have_no_say(who: dict[str, Any]) -> None:
    decision = decided(message_plan(), member(**who), follow_up())
    assert (decision.outcome, decision.channel, decision.sends_on) == (Outcome.PLANNED, None, ())
    assert decision.given is not None
    assert decision.detail == {"assignee": "account_management", "assignee_kind": "role", "because": "no_assignee"}


@pytest.mark.parametrize(
    ("who", "parts", "reason"),
    [
        ({"state": MemberState.ERASED}, {}, Reason.ERASED),
        ({"is_deceased": True}, {}, Reason.DECEASED),
        ({}, {"when": {"field": "customer.key_account", "is": True}}, Reason.CONDITION_NOT_MET),
    ],
)
def test_what_holds_for_messages_beside_manners_holds_for_tasks(
    who: dict[str, Any], parts: dict[str, Any], reason: Reason
) -> None:
    decision = decided(message_plan(), member(**who), follow_up(**parts))
    assert (decision.outcome, decision.reason, decision.given) == (Outcome.SUPPRESSED, reason, None)


def test_a_task_waits_for_its_delay_and_for_the_profile() -> None:
    waits = decided(message_plan(), member(), follow_up(delay="P3D"))
    assert (waits.outcome, waits.due_at) == (Outcome.WAITING, NOON + timedelta(days=3))
    assert decided(message_plan(), member(state=MemberState.UNKNOWN), follow_up()).outcome is Outcome.AWAITING_PROFILE
