"""What waits, what gives way and what is left out, in the database: each with its reason, in words, and once."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from services.notification.messages.use_cases.planning import plan_waiting
from services.notification.planner import Planner
from shared.contracts.customer import DoNotDisturb, QuietHours
from shared.contracts.notification import MessageSuppressed
from tests.support.eventually import eventually
from tests.support.factories.notification import (
    NOON,
    complaint,
    profile_erased,
    profile_updated,
    purchase,
    resolution,
    score_changed,
    visit,
)
from tests.support.notification_service import NotificationService
from tests.support.rules import activate_rule, rule_on

NEXT_MORNING = datetime(2026, 3, 3, 8, tzinfo=UTC)
CHASE = rule_on(
    "complaint_opened",
    template="complaint_receipt",
    purpose="service",
    delay="P1D",
    cancel_when=["complaint_resolved"],
)


async def outcomes(service: NotificationService, customer_id: UUID) -> dict[str, tuple[str, str | None]]:
    read = await service.get(f"/v1/customers/{customer_id}/decisions")
    return {one["rule"]: (one["outcome"], one["reason"]) for one in read["items"]}


async def test_delayed_message_waits_for_its_time_and_is_sent_once(service: NotificationService) -> None:
    customer_id = uuid4()
    await activate_rule(service, "chase", CHASE)
    await service.handle(profile_updated(customer_id))
    await service.handle(complaint(customer_id))
    assert (await outcomes(service, customer_id))["chase"] == ("waiting", None)
    status = await service.get("/v1/status")
    assert status["waiting"] == 1
    service.clock.move_to(NOON + timedelta(days=1) - timedelta(seconds=1))
    assert await service.plan_waiting() == 0
    service.clock.move_to(NOON + timedelta(days=1))
    assert await service.plan_waiting() == 1
    assert await service.plan_waiting() == 0
    (message,) = [row for row in await service.messages(customer_id) if row["rule"] == "chase"]
    assert (message["state"], message["planned_at"]) == ("planned", NOON + timedelta(days=1))
    (decision,) = await service.rows("SELECT inputs, subject, facts FROM decisions WHERE rule = 'chase'")
    assert decision == {"inputs": None, "subject": None, "facts": {"case": "C-1", "category": "delivery"}}


async def test_what_has_been_overtaken_is_not_sent(service: NotificationService) -> None:
    customer_id = uuid4()
    await activate_rule(service, "chase", CHASE)
    await service.handle(profile_updated(customer_id))
    await service.handle(complaint(customer_id), complaint(customer_id, case="C-2"))
    solved = resolution(customer_id, occurred_at=NOON + timedelta(hours=1), recorded_at=NOON + timedelta(hours=1))
    await service.handle(solved)
    read = await service.get(f"/v1/customers/{customer_id}/decisions", rule="chase", outcome="suppressed")
    (ended,) = read["items"]
    assert (ended["reason"], ended["detail"]["event_id"]) == ("cancelled", solved.envelope.id)
    assert ended["explanation"]["en"].startswith("Not sent by chase: what it waited for has been overtaken")
    assert ended["explanation"]["zh-CN"].startswith("规则 chase 未发送：等待期间情况已变")
    (told,) = [one.data for one in await service.published() if isinstance(one.data, MessageSuppressed)]
    assert (told.rule, told.reason) == ("chase", "cancelled")
    service.clock.move_to(NOON + timedelta(days=2))
    await service.plan_waiting()
    sent = [row["occasion"] for row in await service.messages(customer_id) if row["rule"] == "chase"]
    assert len(sent) == 1  # the other complaint is still open


async def test_what_is_overtaken_in_the_same_batch_is_not_sent_either(service: NotificationService) -> None:
    customer_id = uuid4()
    await activate_rule(service, "chase", CHASE)
    later = NOON + timedelta(hours=1)
    await service.handle(profile_updated(customer_id))
    await service.handle(complaint(customer_id), resolution(customer_id, occurred_at=later, recorded_at=later))
    assert (await outcomes(service, customer_id))["chase"] == ("suppressed", "cancelled")


async def test_a_score_ends_the_waiting_unless_it_is_told_silently(service: NotificationService) -> None:
    customer_id = uuid4()
    reminder = rule_on("visit", template="visit_thanks", delay="P7D", cancel_when=["score_changed"])
    await activate_rule(service, "win_back", reminder)
    await service.handle(profile_updated(customer_id))
    await service.handle(visit(customer_id))
    await service.handle(score_changed(customer_id, as_of=NOON + timedelta(days=1), silent=True))
    assert (await outcomes(service, customer_id))["win_back"] == ("waiting", None)
    await service.handle(score_changed(customer_id, as_of=NOON + timedelta(days=2)))
    assert (await outcomes(service, customer_id))["win_back"] == ("suppressed", "cancelled")


@pytest.mark.parametrize("manners", [{"not_again_within": "P7D"}, {"merge": True}])
async def test_of_two_that_waited_for_the_same_hour_one_is_sent(
    service: NotificationService, manners: dict[str, Any]
) -> None:
    customer_id = uuid4()
    thanks = rule_on("purchase", template="purchase_thanks", delay="PT2H", **manners)
    await activate_rule(service, "patient_thanks", thanks)
    await service.handle(profile_updated(customer_id))
    await service.handle(purchase(customer_id), purchase(customer_id))
    service.clock.move_to(NOON + timedelta(hours=2))
    await service.plan_waiting()
    sent = [row for row in await service.messages(customer_id) if row["rule"] == "patient_thanks"]
    assert len(sent) == 1


async def test_quiet_hours_are_waited_out_by_the_worker(service: NotificationService) -> None:
    customer_id, own = uuid4(), DoNotDisturb(quiet_hours=QuietHours(start="11:30", end="08:00"))
    await service.handle(profile_updated(customer_id, do_not_disturb=own))
    await service.handle(visit(customer_id))
    read = await service.get(f"/v1/customers/{customer_id}/decisions")
    (waits,) = read["items"]
    assert (waits["outcome"], datetime.fromisoformat(waits["due_at"])) == ("waiting", NEXT_MORNING)
    assert "quiet hours" in waits["explanation"]["en"]
    stop = asyncio.Event()
    waiting = Planner("waiting-planner", plan_waiting, service.database, service.desk, poll_seconds=0.02)
    planner = asyncio.create_task(waiting.run(stop))
    service.clock.move_to(NEXT_MORNING)

    async def planned() -> bool:
        return bool((await outcomes(service, customer_id))["visit_thanks"] == ("planned", None))

    await eventually(planned)
    stop.set()
    await planner


async def test_quiet_hours_that_began_after_planning_are_kept_too(service: NotificationService) -> None:
    customer_id = uuid4()
    await service.handle(profile_updated(customer_id))
    await service.handle(visit(customer_id))
    own = DoNotDisturb(quiet_hours=QuietHours(start="12:00", end="13:00"))
    await service.handle(profile_updated(customer_id, version=2, do_not_disturb=own))
    assert list((await service.claim()).claims) == []
    service.clock.move_to(NOON + timedelta(hours=1))
    service.wall.shift = timedelta(hours=1)
    assert len((await service.claim()).claims) == 1


async def test_who_asks_not_to_be_disturbed_meanwhile_is_not(service: NotificationService) -> None:
    customer_id = uuid4()
    await service.handle(profile_updated(customer_id))
    await service.handle(visit(customer_id))
    await service.handle(profile_updated(customer_id, version=2, do_not_disturb=DoNotDisturb(paused=True)))
    assert list((await service.claim()).claims) == []
    await service.handle(purchase(customer_id))
    refused = ("suppressed", "do_not_disturb")
    assert await outcomes(service, customer_id) == {"visit_thanks": refused, "purchase_thanks": refused}


async def test_higher_priority_takes_the_day_and_the_other_says_so(service: NotificationService) -> None:
    customer_id = uuid4()
    low = rule_on("visit", template="visit_thanks", merge=True, priority=20)
    high = rule_on("purchase", template="purchase_thanks", merge=True, priority=80)
    await activate_rule(service, "visit_thanks", low)
    await activate_rule(service, "purchase_thanks", high)
    await service.handle(profile_updated(customer_id))
    await service.handle(visit(customer_id))
    await service.handle(purchase(customer_id))
    await service.handle(visit(customer_id))
    read = await service.get(f"/v1/customers/{customer_id}/decisions")
    by_rule: dict[str, list[Any]] = {}
    for one in read["items"]:
        by_rule.setdefault(one["rule"], []).append(one)
    (went,) = by_rule["purchase_thanks"]
    assert went["outcome"] == "planned"
    for merged in by_rule["visit_thanks"]:
        assert (merged["outcome"], merged["reason"]) == ("suppressed", "merged")
        assert merged["detail"]["decision_id"] == went["decision_id"]
        assert "purchase_thanks took its place" in merged["explanation"]["en"]
    states = sorted((row["rule"], row["state"]) for row in await service.messages(customer_id))
    assert states == [("purchase_thanks", "planned"), ("visit_thanks", "cancelled")]


async def test_caps_and_repetitions_are_counted_over_what_was_really_sent(service: NotificationService) -> None:
    customer_id = uuid4()
    await activate_rule(
        service, "visit_thanks", rule_on("visit", template="visit_thanks", purpose="marketing", not_again_within="PT1H")
    )
    await service.handle(profile_updated(customer_id))
    await service.handle(visit(customer_id), visit(customer_id))  # the second says the same again, within one batch
    for hour in (2, 4, 6):
        at = NOON + timedelta(hours=hour)
        service.clock.move_to(at)
        await service.handle(visit(customer_id, occurred_at=at, recorded_at=at))
    rows = await service.rows("SELECT reason, detail FROM decisions ORDER BY recorded_at, reason NULLS FIRST")
    assert [row["reason"] for row in rows] == [None, "duplicate", None, None, "frequency_cap"]
    assert rows[-1]["detail"] == {"at_most": 3, "hours": 168}


async def test_erasure_ends_what_waits(service: NotificationService) -> None:
    customer_id = uuid4()
    await activate_rule(service, "chase", CHASE)
    await service.handle(profile_updated(customer_id))
    await service.handle(complaint(customer_id))
    await service.handle(profile_erased(customer_id))
    service.clock.move_to(NOON + timedelta(days=1))
    assert await service.plan_waiting() == 0
    (row,) = await service.rows("SELECT outcome, reason, inputs, subject, facts FROM decisions WHERE rule = 'chase'")
    assert tuple(row.values()) == ("suppressed", "erased", None, None, {})
