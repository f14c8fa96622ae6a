"""From a planned message to the customer: over real SMTP into a real mailbox, and into the inbox."""

import asyncio
from datetime import timedelta
from email.message import EmailMessage
from uuid import UUID, uuid4

import pytest

from deploy.local.mailbox import Mailbox, count_by_message_id, stored_messages
from services.notification.values import Permission
from shared.contracts.common import Channel, LanguageTag, Purpose
from shared.contracts.customer import ContactPoint
from shared.contracts.notification import MessageSent
from tests.support.eventually import eventually
from tests.support.factories.notification import (
    complaint,
    consents,
    profile_updated,
    purchase,
    visit,
)
from tests.support.notification_service import NotificationService, running
from tests.support.smtp import DOMAIN, ScriptedChannel, smtp_channel


def the_only(mailbox: Mailbox) -> EmailMessage:
    (message,) = stored_messages(mailbox.folder)
    return message


def text_of(message: EmailMessage) -> str:
    body = message.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


async def test_email_arrives_complete_and_is_told_of(service: NotificationService, mailbox: Mailbox) -> None:
    customer_id = uuid4()
    event = purchase(customer_id, order_id="A-7")
    await service.handle(profile_updated(customer_id, display_name="Test Customer"))
    await service.handle(event)
    await service.deliver(smtp_channel(mailbox))
    (row,) = await service.messages(customer_id)
    message = the_only(mailbox)
    assert (row["state"], row["attempts"], row["settled_at"]) == ("sent", 1, service.clock.now())
    assert message["Message-ID"] == f"<{row['message_id']}@{DOMAIN}>"
    assert message["Delivered-To"] == "customer@example.com"
    assert message["Date"].datetime == service.clock.now()
    assert "29.33 CNY on 2 March 2026 (order A-7)" in text_of(message)
    (told,) = await service.published()
    assert isinstance(told.data, MessageSent)
    assert (told.data.message_id, told.data.attempts) == (row["message_id"], 1)
    assert told.data.subject == "Thank you for your purchase (A-7)"
    assert told.envelope.causationid == event.envelope.id
    assert told.envelope.correlationid == event.envelope.id


@pytest.mark.parametrize(
    ("language", "spoken", "words"),
    [
        ("zh-CN", "zh-CN", "感谢您"),
        ("zh-TW", "zh-CN", "感谢您"),
        ("en-GB", "en", "thank you"),
        ("fr", "en", "thank you"),
    ],
)
async def test_language_falls_back(
    service: NotificationService, mailbox: Mailbox, language: LanguageTag, spoken: str, words: str
) -> None:
    customer_id = uuid4()
    await service.handle(profile_updated(customer_id, language=language))
    await service.handle(visit(customer_id))
    await service.deliver(smtp_channel(mailbox))
    assert words in text_of(the_only(mailbox))
    assert the_only(mailbox)["Content-Language"] == spoken
    (told,) = await service.published()
    assert isinstance(told.data, MessageSent)
    assert told.data.language == spoken


async def test_inbox_is_served_without_any_mail_server(service: NotificationService) -> None:
    customer_id = uuid4()
    await service.handle(profile_updated(customer_id, contact_points=()))
    await service.handle(complaint(customer_id))
    channel = ScriptedChannel()
    await service.deliver(channel)
    assert channel.emails == []
    inbox = await service.get(f"/v1/customers/{customer_id}/inbox")
    (item,) = inbox["items"]
    assert (inbox["unread"], item["rule"], item["read_at"]) == (1, "complaint_receipt", None)
    assert "C-1" in item["subject"]
    assert [type(event.data) for event in await service.published()] == [MessageSent]


async def test_complaint_receipt_goes_out_by_email_with_a_copy_in_the_inbox(
    service: NotificationService, mailbox: Mailbox
) -> None:
    customer_id = uuid4()
    await service.handle(profile_updated(customer_id))
    await service.handle(complaint(customer_id))
    await service.deliver(smtp_channel(mailbox))
    rows = await service.messages(customer_id)
    assert [(row["channel"], row["state"]) for row in rows] == [("email", "sent"), ("inbox", "sent")]
    assert len(await service.published()) == 2


async def test_consent_taken_back_before_sending_is_respected(service: NotificationService) -> None:
    customer_id = uuid4()
    await service.handle(profile_updated(customer_id))
    await service.handle(purchase(customer_id), complaint(customer_id))
    service_only = consents([Permission(channel, Purpose.SERVICE) for channel in Channel])
    await service.handle(profile_updated(customer_id, version=2, consents=service_only))
    channel = ScriptedChannel()
    await service.deliver(channel)
    assert [email.purpose for email in channel.emails] == [Purpose.SERVICE]
    decided = {row["rule"]: (row["outcome"], row["reason"]) for row in await service.decisions(customer_id)}
    assert decided == {"purchase_thanks": ("suppressed", "no_consent"), "complaint_receipt": ("planned", None)}


async def test_decision_stands_while_one_of_its_messages_goes_out(service: NotificationService) -> None:
    customer_id = uuid4()
    await service.handle(profile_updated(customer_id))
    await service.handle(complaint(customer_id))
    await service.handle(profile_updated(customer_id, version=2, contact_points=()))
    await service.deliver(ScriptedChannel())
    states = [(row["channel"], row["state"], row["reason"]) for row in await service.messages(customer_id)]
    assert states == [("email", "cancelled", "no_address"), ("inbox", "sent", None)]
    (decision,) = await service.decisions(customer_id)
    assert (decision["outcome"], decision["reason"]) == ("planned", None)


async def test_address_that_no_mail_can_go_to_fails_without_touching_the_server(
    service: NotificationService, mailbox: Mailbox
) -> None:
    customer_id = uuid4()
    crooked = ContactPoint(kind="email", address="a@b.example> RCPT TO:<c@d.example")
    await service.handle(profile_updated(customer_id, contact_points=(crooked,)))
    await service.handle(visit(customer_id))
    await service.deliver(smtp_channel(mailbox))
    (row,) = await service.messages(customer_id)
    assert row["state"] == "failed"
    assert "address" in row["reason"]
    assert list(stored_messages(mailbox.folder)) == []


async def test_template_that_cannot_be_rendered_fails_alone(service: NotificationService) -> None:
    customer_id, other_id = uuid4(), uuid4()
    await service.handle(profile_updated(customer_id), profile_updated(other_id))
    await service.handle(purchase(customer_id), purchase(other_id))
    async with service.database.transaction() as session:
        connection = await session.connection()
        await connection.exec_driver_sql(
            f"UPDATE decisions SET facts = facts - 'order_id' WHERE customer_id = '{customer_id}'"
        )
    channel = ScriptedChannel()
    await service.deliver(channel)
    (row,) = await service.messages(customer_id)
    assert (row["state"], row["attempts"]) == ("failed", 1)
    assert "order_id" in row["reason"]
    assert len(channel.emails) == 1


async def plan_many(service: NotificationService, count: int) -> list[UUID]:
    customers = [uuid4() for _ in range(count)]
    await service.handle(*map(profile_updated, customers))
    await service.handle(*map(purchase, customers))
    return customers


async def test_two_workers_share_the_work_and_send_nothing_twice(
    service: NotificationService, mailbox: Mailbox
) -> None:
    await plan_many(service, 200)
    channels = smtp_channel(mailbox), smtp_channel(mailbox)
    async with running(service.loop(channels[0])), running(service.loop(channels[1])):
        await service.until_settled()
    assert set(count_by_message_id(mailbox.folder).values()) == {1}
    assert len(count_by_message_id(mailbox.folder)) == 200
    assert await service.scalar("SELECT count(*) FROM messages WHERE state = 'sent' AND attempts = 1") == 200
    assert len(await service.published()) == 200


async def test_connections_are_reused(service: NotificationService, mailbox: Mailbox) -> None:
    await plan_many(service, 60)
    await service.deliver(smtp_channel(mailbox, max_connections=3), concurrency=3)
    assert len(count_by_message_id(mailbox.folder)) == 60
    assert mailbox.connections <= 3


async def test_connections_are_renewed_after_a_number_of_messages(
    service: NotificationService, mailbox: Mailbox
) -> None:
    await plan_many(service, 20)
    await service.deliver(smtp_channel(mailbox, max_connections=1, messages_per_connection=5), concurrency=1)
    assert mailbox.connections == 4


async def test_no_more_is_sent_at_once_and_in_hand_than_allowed(service: NotificationService) -> None:
    await plan_many(service, 60)
    at_once = most = most_in_hand = 0

    class Watching(ScriptedChannel):
        async def send(self, email):  # type: ignore[no-untyped-def]
            nonlocal at_once, most, most_in_hand
            at_once += 1
            most = max(most, at_once)
            held = await service.scalar("SELECT count(*) FROM messages WHERE state = 'sending'")
            most_in_hand = max(most_in_hand, held)
            at_once -= 1
            return await super().send(email)

    await service.deliver(Watching(), concurrency=5, reserved=1)
    assert most == 4
    assert 4 < most_in_hand <= 20


async def test_loop_wakes_for_a_new_message_without_polling(service: NotificationService) -> None:
    customer_id = uuid4()
    await service.handle(profile_updated(customer_id))
    async with running(service.loop(ScriptedChannel(), poll_seconds=60.0)):
        await asyncio.sleep(0.3)  # until the loop has found nothing and rests
        await service.handle(purchase(customer_id))
        await service.until_settled(seconds=10)
    assert [row["state"] for row in await service.messages(customer_id)] == ["sent"]


async def test_stopping_finishes_what_is_in_hand(service: NotificationService) -> None:
    (customer_id,) = await plan_many(service, 1)
    begun, go = asyncio.Event(), asyncio.Event()

    class Slow(ScriptedChannel):
        async def send(self, email):  # type: ignore[no-untyped-def]
            begun.set()
            await go.wait()
            return await super().send(email)

    channel, stop = Slow(), asyncio.Event()
    task = asyncio.create_task(service.loop(channel).run(stop))
    await begun.wait()
    stop.set()
    await asyncio.sleep(0.05)
    assert not task.done()
    go.set()
    await asyncio.wait_for(task, 10)
    assert [row["state"] for row in await service.messages(customer_id)] == ["sent"]
    assert channel.closed


async def test_stopping_gives_back_what_was_not_begun(service: NotificationService) -> None:
    await plan_many(service, 10)
    begun, go = asyncio.Event(), asyncio.Event()

    class Slow(ScriptedChannel):
        async def send(self, email):  # type: ignore[no-untyped-def]
            begun.set()
            await go.wait()
            return await super().send(email)

    channel, stop = Slow(), asyncio.Event()
    loop = service.loop(channel, concurrency=2, reserved=0)
    task = asyncio.create_task(loop.run(stop))
    await begun.wait()
    stop.set()

    async def takes_nothing_more() -> bool:
        return loop._stopping

    await eventually(takes_nothing_more)
    go.set()
    await asyncio.wait_for(task, 10)
    states = await service.rows("SELECT state, resends, count(*) FROM messages GROUP BY 1, 2 ORDER BY 1")
    assert [tuple(row.values()) for row in states] == [("planned", 0, 8), ("sent", 0, 2)]
    assert len(channel.emails) == 2


async def test_long_planned_message_keeps_its_business_time(service: NotificationService, mailbox: Mailbox) -> None:
    (customer_id,) = await plan_many(service, 1)
    planned_at = service.clock.now()
    service.clock.move_to(planned_at + timedelta(days=1))
    await service.deliver(smtp_channel(mailbox))
    (row,) = await service.messages(customer_id)
    assert (row["planned_at"], row["composed_at"]) == (planned_at, service.clock.now())
