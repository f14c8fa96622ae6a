"""The SMTP channel against the real server: what each failure means, and what comes of it."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from deploy.local.mailbox import Mailbox, count_by_message_id
from services.notification.channels.port import Outgoing, SendStatus
from shared.contracts.common import Purpose
from shared.contracts.notification import MessageFailed
from tests.support.factories.notification import profile_updated, purchase
from tests.support.notification_service import IMPATIENT, NotificationService, running
from tests.support.smtp import running_mailbox, smtp_channel


def email(**changes: Any) -> Outgoing:
    values: dict[str, Any] = {
        "message_id": uuid4(),
        "address": "customer@example.com",
        "name": "Test Customer",
        "language": "en",
        "purpose": Purpose.CARE,
        "subject": "Hello",
        "text": "Hello\n.\nQUIT\n",
        "html": "<p>Hello</p>",
        "composed_at": datetime(2026, 3, 2, tzinfo=UTC),
    }
    return Outgoing(**(values | changes))


@pytest.mark.parametrize(
    ("fault", "status", "stored"),
    [
        ({}, SendStatus.ACCEPTED, 1),
        ({"defer": 1}, SendStatus.DEFERRED, 0),
        ({"reject": {"customer@example.com"}}, SendStatus.REJECTED, 0),
        ({"lose_before": 1}, SendStatus.UNCERTAIN, 0),
        ({"lose_after": 1}, SendStatus.UNCERTAIN, 1),
    ],
)
async def test_each_answer_has_its_meaning(
    mailbox: Mailbox, fault: dict[str, Any], status: SendStatus, stored: int
) -> None:
    for name, value in fault.items():
        setattr(mailbox.faults, name, value)
    channel = smtp_channel(mailbox)
    result = await channel.send(email())
    assert result.status is status
    assert "customer@example.com" not in result.detail
    assert sum(count_by_message_id(mailbox.folder).values()) == stored
    # Whatever happened, the channel goes on.
    assert (await channel.send(email(address="other@example.com"))).status is SendStatus.ACCEPTED
    await channel.close()


async def test_lines_that_look_like_smtp_arrive_as_text(mailbox: Mailbox) -> None:
    channel = smtp_channel(mailbox)
    await channel.send(email())
    await channel.close()
    (path,) = mailbox.folder.glob("new/*")
    assert b"Hello\r\n.\r\nQUIT\r\n" in path.read_bytes()


async def test_server_that_is_away_is_unreachable(mailbox: Mailbox, tmp_path: Path) -> None:
    async with running_mailbox(tmp_path / "gone") as gone:
        channel = smtp_channel(gone)
        assert (await channel.send(email())).status is SendStatus.ACCEPTED
    assert (await channel.send(email())).status is SendStatus.UNREACHABLE
    await channel.close()


@contextlib.asynccontextmanager
async def talking_server(*lines: str) -> AsyncIterator[int]:
    """A server that says these lines, one after each line it hears, and then nothing more."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for line in lines:
            writer.write(f"{line}\r\n".encode())
            await reader.readline()
        await reader.read()
        writer.close()

    server = await asyncio.start_server(talk, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1]


@pytest.mark.parametrize(
    ("lines", "status"),
    [
        (["421 too busy"], SendStatus.UNREACHABLE),
        (["554 not you"], SendStatus.UNREACHABLE),
        (["this is no SMTP"], SendStatus.UNREACHABLE),
        (["220 hello", "250 hello", "550 this sender is not welcome"], SendStatus.UNREACHABLE),
        (["220 hello", "250 hello", "250 ok", "450 mailbox busy"], SendStatus.DEFERRED),
        (["220 hello", "250 hello", "250 ok", "421 shutting down"], SendStatus.UNREACHABLE),
        # Silence before the hand-over, and after it.
        (["220 hello", "250 hello", "250 ok"], SendStatus.UNREACHABLE),
        (["220 hello", "250 hello", "250 ok", "250 ok", "354 go on"], SendStatus.UNCERTAIN),
    ],
)
async def test_server_s_every_mood_has_a_meaning(mailbox: Mailbox, lines: list[str], status: SendStatus) -> None:
    async with talking_server(*lines) as port:
        channel = smtp_channel(mailbox, port=port, timeout_seconds=0.3)
        assert (await channel.send(email())).status is status
        await channel.close()


async def test_idle_connection_closed_by_the_server_is_replaced_without_a_failure(tmp_path: Path) -> None:
    async with running_mailbox(tmp_path / "first") as first:
        channel = smtp_channel(first)
        assert (await channel.send(email())).status is SendStatus.ACCEPTED
    async with running_mailbox(tmp_path / "first", port=first.port):
        assert (await channel.send(email())).status is SendStatus.ACCEPTED
        await channel.close()


async def plan_one(service: NotificationService) -> None:
    customer_id = uuid4()
    await service.handle(profile_updated(customer_id))
    await service.handle(purchase(customer_id))


async def test_deferred_message_is_delivered_later(service: NotificationService, mailbox: Mailbox) -> None:
    await plan_one(service)
    mailbox.faults.defer = 2
    await service.deliver(smtp_channel(mailbox))
    (row,) = await service.rows("SELECT state, attempts, deferrals, resends FROM messages")
    assert row == {"state": "sent", "attempts": 3, "deferrals": 2, "resends": 0}
    assert list(count_by_message_id(mailbox.folder).values()) == [1]


async def test_rejected_message_has_failed_and_says_why(service: NotificationService, mailbox: Mailbox) -> None:
    await plan_one(service)
    mailbox.faults.reject.add("customer@example.com")
    await service.deliver(smtp_channel(mailbox))
    (told,) = await service.published()
    assert isinstance(told.data, MessageFailed)
    assert (told.data.reason, told.data.attempts) == ("550 5.1.1 <<address>> no such mailbox here", 1)


async def test_answer_lost_after_acceptance_leads_to_a_copy_with_the_same_id(
    service: NotificationService, mailbox: Mailbox
) -> None:
    await plan_one(service)
    mailbox.faults.lose_after = 1
    await service.deliver(smtp_channel(mailbox))
    (row,) = await service.rows("SELECT state, attempts, resends FROM messages")
    assert row == {"state": "sent", "attempts": 2, "resends": 1}
    assert list(count_by_message_id(mailbox.folder).values()) == [2]


async def test_mail_waits_for_a_server_that_is_away_and_inboxes_do_not(
    service: NotificationService, tmp_path: Path
) -> None:
    async with running_mailbox(tmp_path / "mailbox") as mailbox:
        channel = smtp_channel(mailbox)
    async with running(service.loop(channel, breaker=IMPATIENT)):
        await plan_one(service)
        customer_id = uuid4()
        await service.handle(profile_updated(customer_id, contact_points=()))
        await service.handle(purchase(customer_id))
        await asyncio.sleep(0.8)
        states = await service.rows("SELECT channel, state, deferrals, resends FROM messages ORDER BY channel")
        assert [(row["channel"], row["state"] == "sent") for row in states] == [("email", False), ("inbox", True)]
        assert (states[0]["deferrals"], states[0]["resends"]) == (0, 0)
        async with running_mailbox(tmp_path / "mailbox", port=mailbox.port) as back:
            await service.until_settled()
            assert list(count_by_message_id(back.folder).values()) == [1]
