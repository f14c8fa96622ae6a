"""Emails as they travel: complete headers, and nothing from outside can add one."""

from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.headerregistry import Address
from email.message import EmailMessage
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.notification.channels.detail import masked
from services.notification.channels.mime import check_address, compose
from services.notification.channels.port import Outgoing
from shared.contracts.common import Purpose
from shared.errors import InvalidInput

MESSAGE_ID = UUID("b526ddde-05d5-5d1e-82c5-78fc788b8f31")
HEADERS = {
    "From",
    "To",
    "Subject",
    "Date",
    "Message-ID",
    "Auto-Submitted",
    "MIME-Version",
    "Content-Type",
    "Content-Language",
}


def composed(*, unsubscribe: str | None = None, **changes: Any) -> EmailMessage:
    return message_from_bytes(composed_bytes(unsubscribe=unsubscribe, **changes), policy=policy.default)


def composed_bytes(*, unsubscribe: str | None = None, **changes: Any) -> bytes:
    values: dict[str, Any] = {
        "message_id": MESSAGE_ID,
        "address": "customer@example.com",
        "name": "Test Customer",
        "language": "zh-CN",
        "purpose": Purpose.CARE,
        "subject": "感谢您的惠顾",
        "text": "您好！\n第二行\n",
        "html": "<p>您好！</p>",
        "composed_at": datetime(1997, 3, 5, 9, 30, tzinfo=UTC),
    }
    return compose(
        Outgoing(**(values | changes)),
        sender=Address("Test Shop", "care", "shop.example"),
        message_id_domain="shop.example",
        unsubscribe=unsubscribe,
    )


def test_headers_say_who_to_whom_what_and_when() -> None:
    message = composed()
    assert set(message.keys()) == HEADERS
    assert message["From"] == "Test Shop <care@shop.example>"
    assert message["To"] == "Test Customer <customer@example.com>"
    assert message["Subject"] == "感谢您的惠顾"
    assert message["Date"] == "Wed, 05 Mar 1997 09:30:00 +0000"
    assert message["Message-ID"] == f"<{MESSAGE_ID}@shop.example>"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Content-Language"] == "zh-CN"


def test_text_and_html_say_the_same_side_by_side() -> None:
    message = composed()
    plain, html = message.iter_parts()
    assert (plain.get_content_type(), html.get_content_type()) == ("text/plain", "text/html")
    assert plain.get_content() == "您好！\r\n第二行\r\n"
    assert html.get_content() == "<p>您好！</p>"


@pytest.mark.parametrize("text", ["From here on\n.\nQUIT\n", "x" * 2_000 + "\n", "您好\nFrom here on\n"])
def test_a_text_arrives_as_it_was_in_lines_that_smtp_takes(text: str) -> None:
    plain, _ = composed(text=text).iter_parts()
    assert plain.get_content() == text.replace("\n", "\r\n")
    assert max(len(line) for line in composed_bytes(text=text).split(b"\r\n")) <= 998


def test_unsubscribing_is_offered_only_where_somebody_listens() -> None:
    assert composed()["List-Unsubscribe"] is None
    assert composed(unsubscribe="stop@shop.example")["List-Unsubscribe"] == (
        "<mailto:stop@shop.example?subject=unsubscribe>"
    )
    assert composed(unsubscribe="stop@shop.example", purpose=Purpose.SERVICE)["List-Unsubscribe"] is None


def test_what_looks_like_an_encoded_word_stays_what_it_says() -> None:
    word = "=?utf-8?b?5oKo5aW9?="
    message = composed(name=word, subject=word)
    assert (message["To"].addresses[0].display_name, message["Subject"]) == (word, word)


def test_every_attempt_is_the_same_to_the_byte_and_no_line_is_too_long_for_smtp() -> None:
    changes = {"subject": "x" * 2_000, "name": "y" * 2_000, "unsubscribe_url": f"https://shop.example/{'t' * 900}"}
    content = composed_bytes(**changes)
    assert content == composed_bytes(**changes)
    assert max(len(line) for line in content.split(b"\r\n")) <= 998
    assert b"\n" not in content.replace(b"\r\n", b"")
    assert composed(**changes)["Subject"] == "x" * 2_000


@settings(deadline=None)
@given(name=st.text(max_size=300), subject=st.text(max_size=300))
def test_no_text_from_outside_can_add_or_change_a_header(name: str, subject: str) -> None:
    message = composed(name=name, subject=subject)
    assert set(message.keys()) == HEADERS
    assert message["To"].addresses[0].addr_spec == "customer@example.com"
    assert len(message["To"].addresses) == 1


@pytest.mark.parametrize("line", ["\r\n", "\n", "\r", "\x0b", "\u2028", "\x85"])
def test_line_breaks_become_spaces(line: str) -> None:
    message = composed(name=f"Test{line}Bcc: other@example.com", subject=f"Hello{line}X-Evil: 1")
    assert set(message.keys()) == HEADERS
    assert message["Subject"] == "Hello X-Evil: 1"


@pytest.mark.parametrize(
    "address",
    [
        "",
        "customer",
        "@example.com",
        "customer@",
        "a@b@c",
        "two@example.com, more@example.com",
        "customer@example.com\r\nBcc: other@example.com",
        "customer@example.com>\r\nRCPT TO:<other@example.com",
        '"quoted space"@example.com',
        "customer@[127.0.0.1]",
        "dots..twice@example.com",
        "a" * 65 + "@example.com",
        "a@" + "b" * 300 + ".com",
        "kunde@пример.example",
    ],
)
def test_address_that_no_mail_can_go_to_is_refused_without_being_repeated(address: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        composed(address=address)
    assert caught.value.code == "address_invalid"
    assert not address or address not in caught.value.detail


@pytest.mark.parametrize("address", ["a@b", "first.last+tag@sub.example.com", "o'brien@example.co.uk"])
def test_ordinary_addresses_pass(address: str) -> None:
    assert check_address(address) == address


def test_what_servers_say_is_kept_without_addresses() -> None:
    said = "550 5.1.1 <customer@example.com>:\r\n Recipient address rejected: customer@example.com, sorry"
    assert masked(said) == "550 5.1.1 <<address>>: Recipient address rejected: <address>, sorry"
    assert len(masked("x " * 5000)) <= 500
