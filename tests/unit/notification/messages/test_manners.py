"""Good manners, each on its own: quiet hours in every zone, windows, caps, what was said before, one message a day."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.notification.messages.decision import Decision, Situation, decide
from services.notification.messages.manners import Recent, Span, opening_of, quiet_until
from services.notification.policy import Cap, CarePolicy, QuietHoursPolicy
from services.notification.rules.document import Rule, RuleDocument, Window
from services.notification.values import Member, MessagePlan, Outcome, Reason
from shared.contracts.common import Channel, Purpose
from shared.contracts.customer import DoNotDisturb, QuietHours
from tests.support.factories.notification import NOON, member, message_plan

SHANGHAI = ZoneInfo("Asia/Shanghai")
ZONES = [ZoneInfo("UTC"), SHANGHAI, ZoneInfo("America/New_York"), ZoneInfo("Pacific/Kiritimati")]
NIGHT = Span(time(21), time(8))
HOURS = st.times(max_value=time(23, 59)).map(lambda at: at.replace(second=0, microsecond=0))
INSTANTS = st.integers(0, 3 * 366 * 24 * 60).map(
    lambda minutes: datetime(2024, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)


def rule(**changes: Any) -> Rule:
    document = {
        "description": "a test",
        "on": {"event": "visit"},
        "message": {"template": "visit_thanks", "purpose": "care", "channels": ["sms", "email"]},
    }
    return Rule("visit_thanks", 1, RuleDocument.model_validate(document | changes))


def marketing(**changes: Any) -> Rule:
    message = {"template": "visit_thanks", "purpose": "marketing", "channels": ["sms", "email"]}
    return rule(message=message, **changes)


def someone(**changes: Any) -> Member:
    return member(addresses={Channel.SMS: "+8613800000000"}, time_zone="Asia/Shanghai", **changes)


def decided(
    by: Rule, who: Member, *, at: datetime = NOON, recent: tuple[Recent, ...] = (), plan: MessagePlan | None = None
) -> Decision:
    plan = plan or message_plan()
    situation = Situation(policy=CarePolicy(), known_at=plan.recorded_at, now=at, recent=recent)
    return decide(plan, who, by, situation)


def recent(**changes: Any) -> Recent:
    values: dict[str, Any] = {
        "decision_id": uuid4(),
        "rule": "other",
        "about": "other",
        "purpose": Purpose.MARKETING,
        "at": NOON,
        "channels": (Channel.SMS,),
    }
    return Recent(**(values | changes))


@given(st.sampled_from(ZONES), INSTANTS, HOURS, HOURS)
def test_quiet_hours_end_at_their_local_end_and_never_further_away_than_they_last(
    zone: ZoneInfo, instant: datetime, start: time, end: time
) -> None:
    until = quiet_until(instant, zone, [Span(start, end)])
    assert instant <= until <= instant + timedelta(hours=25)
    if until > instant:
        assert quiet_until(until, zone, [Span(start, end)]) == until
    local = instant.astimezone(zone).time()
    inside = start <= local < end if start < end else start != end and (local >= start or local < end)
    assert inside or until == instant


def test_spans_that_follow_each_other_are_one_quiet() -> None:
    evening = datetime(2026, 3, 2, 22, tzinfo=SHANGHAI)
    until = quiet_until(evening, SHANGHAI, [NIGHT, Span(time(7), time(10))])
    assert until == datetime(2026, 3, 3, 10, tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("now", "opens"),
    [
        ("2026-03-02T08:59", "2026-03-02T09:00"),  # a Monday
        ("2026-03-02T12:00", "2026-03-02T12:00"),
        ("2026-03-02T18:00", "2026-03-03T09:00"),
        ("2026-03-06T18:30", "2026-03-09T09:00"),
        ("2026-03-07T10:00", "2026-03-09T09:00"),
    ],
)
def test_window_opens_at_the_next_local_time_on_one_of_its_weekdays(now: str, opens: str) -> None:
    window = Window(start=time(9), end=time(18), weekdays=(1, 2, 3, 4, 5))
    at = datetime.fromisoformat(now).replace(tzinfo=SHANGHAI)
    assert opening_of(window, at, SHANGHAI) == datetime.fromisoformat(opens).replace(tzinfo=SHANGHAI)


def test_what_rings_waits_for_the_morning_and_mail_does_not() -> None:
    night = NOON + timedelta(hours=2)  # 22:00 in Shanghai
    waits = decided(rule(), someone(), at=night)
    assert (waits.outcome, waits.sends_on) == (Outcome.WAITING, ())
    assert waits.due_at == datetime(2026, 3, 3, 8, tzinfo=SHANGHAI)
    mail = rule(message={"template": "visit_thanks", "purpose": "care", "channels": ["email"]})
    assert decided(mail, someone(), at=night).outcome is Outcome.PLANNED
    service = rule(message={"template": "visit_thanks", "purpose": "service", "channels": ["sms"]})
    assert decided(service, someone(), at=night).outcome is Outcome.PLANNED


def test_customer_s_own_quiet_hours_hold_for_everything() -> None:
    own = DoNotDisturb(quiet_hours=QuietHours(start="19:00", end="20:30"))
    service = rule(message={"template": "visit_thanks", "purpose": "service", "channels": ["email"]})
    waits = decided(service, someone(do_not_disturb=own))
    assert (waits.outcome, waits.due_at) == (Outcome.WAITING, NOON + timedelta(minutes=30))


def test_greeting_whose_day_ends_in_quiet_hours_is_dropped() -> None:
    night = NOON + timedelta(hours=2)
    dropped = decided(rule(), someone(), at=night, plan=message_plan(of_day=True))
    assert (dropped.outcome, dropped.reason) == (Outcome.SUPPRESSED, Reason.QUIET_HOURS)


@pytest.mark.parametrize(
    ("asked", "outcome"),
    [
        (DoNotDisturb(paused=True), Outcome.SUPPRESSED),
        (DoNotDisturb(paused=True, until=NOON + timedelta(seconds=1)), Outcome.SUPPRESSED),
        (DoNotDisturb(paused=True, until=NOON), Outcome.PLANNED),
        (DoNotDisturb(until=NOON + timedelta(days=1)), Outcome.PLANNED),
    ],
)
def test_who_is_not_to_be_disturbed_gets_nothing(asked: DoNotDisturb, outcome: Outcome) -> None:
    decision = decided(rule(), someone(do_not_disturb=asked))
    assert decision.outcome is outcome
    assert decision.reason is (Reason.DO_NOT_DISTURB if outcome is Outcome.SUPPRESSED else None)


def test_cap_of_a_channel_leaves_the_others_and_one_for_all_leaves_none() -> None:
    sent = tuple(recent(at=NOON - timedelta(days=day)) for day in (1, 2, 3))
    per_channel = CarePolicy(
        caps=(Cap(purpose=Purpose.MARKETING, channel=Channel.SMS, at_most=3, within=timedelta(days=7)),)
    )
    plan = message_plan()
    situation = Situation(policy=per_channel, known_at=NOON, now=NOON, recent=sent)
    assert decide(plan, someone(), marketing(), situation).sends_on == (Channel.EMAIL,)
    everywhere = decided(marketing(), someone(), recent=sent)  # the shipped cap counts all channels
    assert (everywhere.reason, everywhere.detail) == (Reason.FREQUENCY_CAP, {"at_most": 3, "hours": 168})
    assert decided(marketing(), someone(), recent=sent[:2]).outcome is Outcome.PLANNED
    assert decided(rule(), someone(), recent=sent).outcome is Outcome.PLANNED  # care is another purpose
    cared_for = tuple(recent(purpose=Purpose.CARE) for _ in range(3))
    assert decided(rule(), someone(), recent=cared_for).outcome is Outcome.PLANNED  # no cap speaks of care
    old = (*sent[:2], recent(at=NOON - timedelta(days=7)))
    assert decided(marketing(), someone(), recent=old).outcome is Outcome.PLANNED


def test_same_is_not_said_again_within_its_time() -> None:
    about = rule(about="thanks", not_again_within="P7D")
    said = recent(about="thanks", at=NOON - timedelta(days=6))
    again = decided(about, someone(), recent=(said,))
    assert (again.reason, again.detail["decision_id"]) == (Reason.DUPLICATE, str(said.decision_id))
    assert decided(about, someone(), recent=(recent(about="thanks", at=NOON - timedelta(days=7)),)).reason is None
    assert decided(about, someone(), recent=(recent(at=NOON),)).reason is None


def test_one_message_a_day_the_highest_priority_goes() -> None:
    greeting = rule(merge=True, priority=60)
    high, low = recent(merges=True, priority=60), recent(merges=True, priority=59, is_untouched=True)
    merged = decided(greeting, someone(), recent=(low, high))
    assert (merged.reason, merged.detail["decision_id"]) == (Reason.MERGED, str(high.decision_id))
    goes = decided(greeting, someone(), recent=(low,))
    assert (goes.outcome, goes.displaces) == (Outcome.PLANNED, (low.decision_id,))
    gone = recent(merges=True, priority=59)  # sent already: it cannot be taken back, and the better one still goes
    assert decided(greeting, someone(), recent=(gone,)).displaces == ()
    alone = recent(priority=99)  # shares no day with anything
    assert decided(greeting, someone(), recent=(alone,)).outcome is Outcome.PLANNED
    yesterday = recent(merges=True, priority=99, at=NOON - timedelta(hours=21))  # 23:00 of the day before in Shanghai
    assert decided(greeting, someone(), recent=(yesterday,)).outcome is Outcome.PLANNED
    assert decided(rule(), someone(), recent=(high,)).outcome is Outcome.PLANNED


def test_delay_is_counted_from_what_happened_and_ends_in_the_window() -> None:
    later = rule(delay="P2D", wait_until={"start": "09:00", "end": "18:00"}, cancel_when=["complaint_opened"])
    plan = message_plan(recorded_at=NOON + timedelta(hours=1))
    waits = decided(later, someone(), at=plan.recorded_at, plan=plan)
    due = datetime(2026, 3, 5, 9, tzinfo=SHANGHAI)  # two days later it is 20:00 there
    assert (waits.outcome, waits.due_at) == (Outcome.WAITING, due)
    assert decided(later, someone(), at=due, plan=plan).outcome is Outcome.PLANNED
    policy = CarePolicy()
    assert decided(later, someone(), at=due + policy.max_wait, plan=plan).outcome is Outcome.PLANNED
    late = decided(later, someone(), at=due + policy.max_wait + timedelta(seconds=1), plan=plan)
    assert late.reason is Reason.TOO_LATE


def test_window_is_kept_whatever_made_it_late() -> None:
    evening = rule(wait_until={"start": "09:00", "end": "18:00", "weekdays": [1, 2, 3, 4, 5]})
    plan = message_plan()
    night = datetime(2026, 3, 6, 23, tzinfo=SHANGHAI)  # a Friday: the profile came, or the worker was back, only then
    monday = datetime(2026, 3, 9, 9, tzinfo=SHANGHAI)
    situation = Situation(policy=CarePolicy(max_wait=timedelta(days=9)), known_at=night, now=night)
    late = decide(plan, someone(), evening, situation)
    assert (late.outcome, late.due_at) == (Outcome.WAITING, monday)
    at_noon = replace(situation, known_at=plan.recorded_at, now=datetime(2026, 3, 7, 12, tzinfo=SHANGHAI))
    back = decide(plan, someone(), evening, at_noon)
    assert (back.outcome, back.due_at, back.detail) == (Outcome.WAITING, monday, {})


def test_window_and_quiet_hours_are_both_kept() -> None:
    narrow = rule(wait_until={"start": "19:00", "end": "21:30"})
    own = DoNotDisturb(quiet_hours=QuietHours(start="20:00", end="08:00"))
    at = datetime(2026, 3, 2, 20, 15, tzinfo=SHANGHAI)
    waits = decided(narrow, someone(do_not_disturb=own), at=at)
    assert (waits.outcome, waits.due_at) == (Outcome.WAITING, datetime(2026, 3, 3, 19, tzinfo=SHANGHAI))


def test_what_waited_for_the_morning_is_too_late_days_after_it() -> None:
    policy = CarePolicy()
    plan = replace(message_plan(), due_at=NOON)
    assert decided(rule(), someone(), at=NOON + policy.max_wait, plan=plan).outcome is Outcome.PLANNED
    late = decided(rule(), someone(), at=NOON + policy.max_wait + timedelta(seconds=1), plan=plan)
    assert late.reason is Reason.TOO_LATE


def test_what_waits_for_later_silences_nothing_that_is_said_now() -> None:
    about = rule(about="thanks", not_again_within="P7D", merge=True)
    later = recent(about="thanks", merges=True, priority=50, is_waiting=True, at=NOON + timedelta(hours=1))
    goes = decided(about, someone(), recent=(later,))
    assert (goes.outcome, goes.displaces) == (Outcome.PLANNED, (later.decision_id,))
    by_now = recent(about="thanks", is_waiting=True, at=NOON)
    assert decided(about, someone(), recent=(by_now,)).reason is Reason.DUPLICATE
    better = recent(merges=True, priority=51, is_waiting=True, at=NOON + timedelta(hours=1))
    assert decided(about, someone(), recent=(better,)).reason is Reason.MERGED


def test_quiet_hours_of_a_policy_may_be_none() -> None:
    night = NOON + timedelta(hours=2)
    plan = message_plan()
    for quiet, outcome in ((None, Outcome.PLANNED), (QuietHoursPolicy(), Outcome.WAITING)):
        situation = Situation(policy=CarePolicy(quiet_hours=quiet), known_at=plan.recorded_at, now=night)
        assert decide(plan, someone(), rule(), situation).outcome is outcome
