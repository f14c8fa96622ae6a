"""The decision on one message: consent and addresses in every combination, lateness by data, good manners."""

import itertools
from datetime import timedelta

import pytest

from services.notification.messages.decision import Decision, decide
from services.notification.policy import CarePolicy, RulePolicy
from services.notification.values import Member, MemberState, MessagePlan, Outcome, Permission, Reason, RuleName
from shared.contracts.common import Channel, Purpose
from tests.support.factories.notification import member, message_plan

POLICY = CarePolicy()


def decided(plan: MessagePlan, who: Member, policy: CarePolicy = POLICY, *, too_late: bool = False) -> Decision:
    return decide(plan, who, policy, known_at=plan.recorded_at, too_late=too_late)


def granting(purpose: Purpose, *channels: Channel) -> frozenset[Permission]:
    return frozenset(Permission(channel, purpose) for channel in channels)


@pytest.mark.parametrize("rule", list(RuleName))
@pytest.mark.parametrize(("email", "inbox", "address"), list(itertools.product([True, False], repeat=3)))
def test_consent_matrix(rule: RuleName, email: bool, inbox: bool, address: bool) -> None:
    policy = POLICY.rules[rule]
    channels = [channel for channel, on in ((Channel.EMAIL, email), (Channel.INBOX, inbox)) if on]
    who = member(granted=granting(policy.purpose, *channels), email="a@example.com" if address else None)
    decision = decided(message_plan(rule=rule), who)
    if email and address:
        copies = [Channel.INBOX] if inbox and policy.inbox_copy else []
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
    assert decide(plan, member(), POLICY, known_at=plan.recorded_at + wait).reason is reason


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


def test_rule_switched_off_by_policy_is_recorded_as_such() -> None:
    off = dict(POLICY.rules) | {RuleName.VISIT_THANKS: RulePolicy(purpose=Purpose.CARE, enabled=False)}
    decision = decided(message_plan(rule=RuleName.VISIT_THANKS), member(), CarePolicy(rules=off))
    assert decision.reason is Reason.RULE_DISABLED


def test_policy_s_order_of_channels_is_kept() -> None:
    first_inbox = dict(POLICY.rules) | {
        RuleName.VISIT_THANKS: RulePolicy(purpose=Purpose.CARE, channels=(Channel.INBOX, Channel.EMAIL))
    }
    decision = decided(message_plan(rule=RuleName.VISIT_THANKS), member(), CarePolicy(rules=first_inbox))
    assert decision.sends_on == (Channel.INBOX,)
