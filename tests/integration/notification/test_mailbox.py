"""The laptop's mailbox: what it says it has accepted is on disk, and its faults are as announced."""

import smtplib
import subprocess
import sys
from asyncio import to_thread
from pathlib import Path

import pytest

from deploy.local.mailbox import Mailbox, count_by_message_id, store, stored_messages
from deploy.local.ports import HOST

REPOSITORY = Path(__file__).parents[3]
MESSAGE = "From: a@example.com\r\nTo: b@example.com\r\nSubject: 你好\r\nMessage-ID: <1@example.com>\r\n\r\nHello\r\n"


def send(port: int, *recipients: str) -> None:
    with smtplib.SMTP(HOST, port, timeout=10) as client:
        client.sendmail("a@example.com", recipients, MESSAGE.encode(), mail_options=["SMTPUTF8"])


async def test_message_is_kept_with_its_envelope(mailbox: Mailbox) -> None:
    await to_thread(send, mailbox.port, "b@example.com", "c@example.com")
    (message,) = stored_messages(mailbox.folder)
    assert message["Return-Path"] == "<a@example.com>"
    assert message["Delivered-To"] == "b@example.com, c@example.com"
    assert message.get_content() == "Hello\n"
    assert list(mailbox.folder.glob("tmp/*")) == []


async def test_copies_are_counted_by_their_id(mailbox: Mailbox) -> None:
    for _ in range(3):
        await to_thread(send, mailbox.port, "b@example.com")
    assert count_by_message_id(mailbox.folder) == {"<1@example.com>": 3}


async def test_rejected_recipient_gets_nothing(mailbox: Mailbox) -> None:
    mailbox.faults.reject.add("b@example.com")
    with pytest.raises(smtplib.SMTPRecipientsRefused):
        await to_thread(send, mailbox.port, "b@example.com")
    assert list(stored_messages(mailbox.folder)) == []


@pytest.mark.parametrize(("fault", "stored"), [("lose_before", 0), ("lose_after", 1)])
async def test_lost_connection_loses_the_answer_only(mailbox: Mailbox, fault: str, stored: int) -> None:
    setattr(mailbox.faults, fault, 1)
    with pytest.raises((smtplib.SMTPServerDisconnected, ConnectionResetError)):
        await to_thread(send, mailbox.port, "b@example.com")
    assert len(list(stored_messages(mailbox.folder))) == stored
    await to_thread(send, mailbox.port, "b@example.com")


def test_names_in_the_folder_never_collide(tmp_path: Path) -> None:
    for part in ("tmp", "new", "cur"):
        (tmp_path / part).mkdir()
    assert len({store(tmp_path, MESSAGE.encode()) for _ in range(50)}) == 50


def test_runs_as_a_command_and_keeps_what_it_accepted_when_killed(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "deploy.local.mailbox", "--port", "0", "--folder", str(tmp_path / "mail")]
    with subprocess.Popen(command, cwd=REPOSITORY, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            port = int(process.stdout.readline().split(" ")[3].rpartition(":")[2])
            send(port, "b@example.com")
        finally:
            process.kill()
    assert count_by_message_id(tmp_path / "mail") == {"<1@example.com>": 1}
