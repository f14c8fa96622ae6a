"""A crash at each step between planning and recording, and every other way in which an answer can be lost.

A crash is an error that no part of the loop expects: its tasks end where they stand, as a killed worker's would, and
the next worker finds only what was committed.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from deploy.local.mailbox import Mailbox, count_by_message_id
from services.notification.channels.port import Outgoing, SendResult, SendStatus
from services.notification.messages.lifecycle import DeliveryLimits, UncertainPolicy
from services.notification.messages.repository import deliveries
from services.notification.messages.use_cases import settling
from services.notification.messages.use_cases.settling import AttemptResult, record_results
from shared.contracts.notification import MessageFailed, MessageSent
from tests.support.factories.notification import profile_updated, purchase
from tests.support.notification_service import LEASE, QUICK, RULES, NotificationService
from tests.support.smtp import ACCEPTED, DOMAIN, ScriptedChannel, answering, smtp_channel


class Crash(BaseException):
    """What kill -9 does to a worker, as far as the others can tell."""


async def plan_one(service: NotificationService) -> UUID:
    customer_id = uuid4()
    await service.handle(profile_updated(customer_id))
    await service.handle(purchase(customer_id))
    return customer_id


async def crashing(service: NotificationService, channel: ScriptedChannel | Any) -> None:
    """Runs the loop until it crashes."""
    with pytest.raises(BaseExceptionGroup) as caught:
        await asyncio.wait_for(service.loop(channel, lease=LEASE, send_timeout=LEASE / 2).run(asyncio.Event()), 10)
    assert caught.value.split(Crash)[1] is None


async def the_message(service: NotificationService, customer_id: UUID) -> dict[str, Any]:
    (row,) = await service.messages(customer_id)
    return row


async def attempts(service: NotificationService) -> list[str | None]:
    rows = await service.rows("SELECT outcome FROM attempts ORDER BY message_id, number")
    return [row["outcome"] for row in rows]


def raising_at(module: Any, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    async def crash(*_: object, **__: object) -> None:
        raise Crash

    monkeypatch.setattr(module, name, crash)


async def test_crash_before_the_claim_commits_leaves_the_message_planned(
    service: NotificationService, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    customer_id = await plan_one(service)
    with monkeypatch.context() as patch:
        raising_at(deliveries, "insert_attempts", patch)
        await crashing(service, ScriptedChannel())
    row = await the_message(service, customer_id)
    assert (row["state"], row["attempts"]) == ("planned", 0)
    await service.deliver(smtp_channel(mailbox))
    assert count_by_message_id(mailbox.folder) == {f"<{row['message_id']}@{DOMAIN}>": 1}
    assert await attempts(service) == ["accepted"]


async def test_crash_between_claim_and_send_is_uncertain_and_resent(
    service: NotificationService, mailbox: Mailbox
) -> None:
    customer_id = await plan_one(service)
    (claim,) = (await service.claim()).claims
    await service.deliver_nothing_yet(smtp_channel(mailbox))
    assert (await the_message(service, customer_id))["state"] == "sending"
    service.wall.shift += LEASE + timedelta(seconds=1)
    await service.deliver(smtp_channel(mailbox))
    row = await the_message(service, customer_id)
    assert (row["state"], row["attempts"], row["resends"]) == ("sent", 2, 1)
    assert count_by_message_id(mailbox.folder) == {f"<{claim.message_id}@{DOMAIN}>": 1}
    assert await attempts(service) == ["uncertain", "accepted"]


async def test_crash_between_acceptance_and_record_sends_the_same_message_again(
    service: NotificationService, mailbox: Mailbox
) -> None:
    customer_id = await plan_one(service)
    real = smtp_channel(mailbox)

    async def accept_and_die(email: Outgoing) -> SendResult:
        await real.send(email)
        raise Crash

    await crashing(service, ScriptedChannel(accept_and_die))
    await real.close()
    service.wall.shift += LEASE + timedelta(seconds=1)
    await service.deliver(smtp_channel(mailbox))
    row = await the_message(service, customer_id)
    assert (row["state"], row["attempts"], row["resends"]) == ("sent", 2, 1)
    assert count_by_message_id(mailbox.folder) == {f"<{row['message_id']}@{DOMAIN}>": 2}
    assert [type(event.data) for event in await service.published()] == [MessageSent]
    files = [path.read_bytes() for path in sorted(mailbox.folder.glob("new/*"))]
    assert without_boundary(files[0]) == without_boundary(files[1])


def without_boundary(content: bytes) -> list[bytes]:
    return [line for line in content.splitlines() if b"===============" not in line]


async def test_crash_while_the_result_is_recorded_tells_nobody_and_resends(
    service: NotificationService, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    customer_id = await plan_one(service)
    with monkeypatch.context() as patch:
        raising_at(deliveries, "finish_attempts", patch)
        await crashing(service, smtp_channel(mailbox))
    assert (await the_message(service, customer_id))["state"] == "sending"
    assert await service.published() == []
    service.wall.shift += LEASE + timedelta(seconds=1)
    await service.deliver(smtp_channel(mailbox))
    assert (await the_message(service, customer_id))["resends"] == 1
    assert len(await service.published()) == 1


async def test_uncertain_message_is_held_where_policy_says_so_and_released_by_a_person(
    service: NotificationService,
) -> None:
    customer_id = await plan_one(service)
    hold = DeliveryLimits(uncertain=UncertainPolicy.HOLD)
    channel = ScriptedChannel(answering(SendResult(SendStatus.UNCERTAIN, "connection lost")))
    await service.deliver(channel, limits=hold)
    row = await the_message(service, customer_id)
    assert (row["state"], row["reason"]) == ("uncertain", "connection lost")
    assert (await service.get("/v1/status"))["uncertain"] == 1
    address = f"/v1/messages/{row['message_id']}/release"
    await service.handle(profile_updated(customer_id, version=2, display_name="Another Name", language="zh-CN"))
    answer = await service.client.post(address, json={"action": "resend"})
    assert answer.status_code == 200, answer.text
    await service.deliver(channel, limits=hold)
    assert (await the_message(service, customer_id))["state"] == "sent"
    assert len(channel.emails) == 2
    assert replace(channel.emails[1], name="Test Customer") == channel.emails[0]
    again = await service.client.post(address, json={"action": "give_up"})
    assert (again.status_code, again.json()["code"]) == (409, "message_not_held")


@pytest.mark.parametrize(
    ("action", "state", "told"), [("mark_sent", "sent", MessageSent), ("give_up", "failed", MessageFailed)]
)
async def test_held_message_is_settled_by_a_person_s_word(
    service: NotificationService, action: str, state: str, told: type
) -> None:
    customer_id = await plan_one(service)
    channel = ScriptedChannel(answering(SendResult(SendStatus.UNCERTAIN)))
    await service.deliver(channel, limits=DeliveryLimits(uncertain=UncertainPolicy.HOLD))
    message_id = (await the_message(service, customer_id))["message_id"]
    answer = await service.client.post(f"/v1/messages/{message_id}/release", json={"action": action})
    assert answer.json()["state"] == state
    assert [type(event.data) for event in await service.published()] == [told]
    assert len(channel.emails) == 1


async def test_worker_slower_than_its_lease_is_overtaken_but_its_acceptance_counts(
    service: NotificationService,
) -> None:
    customer_id = await plan_one(service)
    (claim,) = (await service.claim()).claims
    service.wall.shift += LEASE + timedelta(seconds=1)
    channel = ScriptedChannel()
    async with service.database.transaction() as session:
        assert await settling.expire_leases(session, limit=10, wall=service.wall(), rules=RULES, desk=service.desk) == 1
    late = AttemptResult(claim.message_id, claim.customer_id, claim.attempt, claim.provider, ACCEPTED)
    for _ in range(2):
        async with service.database.transaction() as session:
            await record_results(session, [late], wall=service.wall(), rules=RULES, desk=service.desk)
    await service.deliver(channel)
    assert channel.emails == []
    assert (await the_message(service, customer_id))["state"] == "sent"
    assert len(await service.published()) == 1


async def test_living_worker_s_lease_is_not_taken_away(service: NotificationService) -> None:
    customer_id = await plan_one(service)
    await service.claim()
    channel = ScriptedChannel()
    await service.deliver_nothing_yet(channel)
    assert channel.emails == []
    assert (await the_message(service, customer_id))["attempts"] == 1


async def test_claim_whose_lease_is_nearly_over_is_given_back_and_taken_anew(service: NotificationService) -> None:
    await plan_one(service)
    await plan_one(service)

    async def take_long(_email: Outgoing) -> SendResult:
        service.wall.shift += timedelta(seconds=20)  # of the lease's 30, of which the next one may need 15
        return ACCEPTED

    channel = ScriptedChannel(take_long)
    await service.deliver(channel, lease=LEASE, send_timeout=LEASE / 2, concurrency=1)
    assert sorted(str(outcome) for outcome in await attempts(service)) == ["accepted", "accepted", "unreachable"]
    assert len({email.message_id for email in channel.emails}) == len(channel.emails) == 2
    assert await service.scalar("SELECT sum(resends) FROM messages") == 0


Script = Callable[[Outgoing], Awaitable[SendResult]]


async def never_answer(_email: Outgoing) -> SendResult:
    await asyncio.Event().wait()
    raise AssertionError("unreachable")


async def break_the_contract(_email: Outgoing) -> SendResult:
    raise RuntimeError("a bug in the channel")


@pytest.mark.parametrize("script", [never_answer, break_the_contract])
async def test_channel_that_never_answers_or_fails_is_bounded_and_stops_nobody_else(
    service: NotificationService, script: Script
) -> None:
    customer_id = await plan_one(service)
    other_id = await plan_one(service)
    (row,) = await service.messages(customer_id)

    async def only_for_one(email: Outgoing) -> SendResult:
        return await script(email) if email.message_id == row["message_id"] else ACCEPTED

    channel = ScriptedChannel(only_for_one)
    await service.deliver(channel, lease=timedelta(seconds=1), send_timeout=timedelta(seconds=0.1))
    assert (await the_message(service, other_id))["state"] == "sent"
    held = await the_message(service, customer_id)
    assert (held["state"], held["attempts"]) == ("uncertain", 1 + QUICK.max_resends)
