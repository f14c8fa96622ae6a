"""Bounces and complaints read from mail, and everything that is none."""

from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.notification.messages.receipt import ReceiptKind, outranks
from services.notification.receipts.mail import read_report
from tests.support.mail_reports import bounce, complaint

MESSAGE_ID = UUID("b526ddde-05d5-5d1e-82c5-78fc788b8f31")


@pytest.mark.parametrize("headers_only", [False, True])
@pytest.mark.parametrize(
    ("action", "status", "kind"),
    [
        ("failed", "5.1.1", ReceiptKind.BOUNCED),
        ("failed", "5.1.10", ReceiptKind.BOUNCED),
        ("Failed", "5.2.1", ReceiptKind.BOUNCED),
        ("failed", "5.2.2", ReceiptKind.UNDELIVERED),
        ("failed", "5.7.1", ReceiptKind.UNDELIVERED),
        ("failed", "4.4.7", ReceiptKind.UNDELIVERED),
        ("failed", "nonsense", ReceiptKind.UNDELIVERED),
        ("delayed", "4.4.1", ReceiptKind.DELAYED),
        ("delivered", "2.1.5", ReceiptKind.DELIVERED),
    ],
)
def test_a_bounce_says_which_message_and_whether_its_address_is_dead(
    action: str, status: str, kind: ReceiptKind, headers_only: bool
) -> None:
    (receipt,) = read_report(bounce(MESSAGE_ID, action=action, status=status, headers_only=headers_only))
    assert (receipt.kind, receipt.message_id) == (kind, MESSAGE_ID)
    assert "customer@example.com" not in receipt.detail


@pytest.mark.parametrize(("feedback", "count"), [("abuse", 1), ("opt-out", 1), ("unheard-of", 1), ("not-spam", 0)])
def test_a_complaint_is_one_unless_it_says_that_all_is_well(feedback: str, count: int) -> None:
    receipts = read_report(complaint(MESSAGE_ID, feedback=feedback))
    assert [(one.kind, one.message_id) for one in receipts] == [(ReceiptKind.COMPLAINED, MESSAGE_ID)] * count


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"Subject: out of office\r\n\r\nI am away.",
        bounce(MESSAGE_ID).replace(str(MESSAGE_ID).encode(), b"somebody-else"),
        bounce(MESSAGE_ID).replace(b"multipart/report", b"multipart/mixed"),
        bounce(MESSAGE_ID, action="relayed"),
    ],
)
def test_what_is_no_report_of_ours_is_left_alone(content: bytes) -> None:
    assert read_report(content) == []


@settings(deadline=None, max_examples=60)
@given(st.integers(0, 2000), st.binary(max_size=30), st.booleans())
def test_no_damage_makes_the_reader_fail(place: int, damage: bytes, is_bounce: bool) -> None:
    mail = bounce(MESSAGE_ID) if is_bounce else complaint(MESSAGE_ID)
    for receipt in read_report(mail[:place] + damage + mail[place + len(damage) :]):
        assert receipt.kind in set(ReceiptKind)


def test_what_says_more_stands_whatever_comes_last() -> None:
    assert outranks(ReceiptKind.DELIVERED, None)
    assert outranks(ReceiptKind.COMPLAINED, "delivered")
    assert not outranks(ReceiptKind.DELIVERED, "complained")
    assert not outranks(ReceiptKind.DELIVERED, "delivered")
