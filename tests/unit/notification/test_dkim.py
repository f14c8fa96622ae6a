"""Signatures on mail, verified by a library that had no part in making them; and links to unsubscribe."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from email.headerregistry import Address
from uuid import UUID, uuid4

import dkim
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from hypothesis import given, settings
from hypothesis import strategies as st

from services.notification.channels.dkim import DkimSigner, create_signer
from services.notification.channels.mime import compose
from services.notification.channels.port import Outgoing
from services.notification.preferences.links import PreferenceLinks
from shared.contracts.common import Channel, Purpose

KEY = rsa.generate_private_key(public_exponent=65537, key_size=1024)
PUBLIC = KEY.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
SIGNER = DkimSigner("shop.example", "s1", KEY)
LINKS = PreferenceLinks(
    "https://care.shop.example/v1/preferences/unsubscribe",
    "https://care.shop.example/v1/preferences/page",
    "test-only-secret-of-at-least-32-characters",
)
CUSTOMER_ID = UUID("b526ddde-05d5-5d1e-82c5-78fc788b8f31")


def published(name: bytes, timeout: int = 5) -> bytes:
    assert (name, timeout) == (b"s1._domainkey.shop.example.", timeout)
    lines = [line for line in PUBLIC.splitlines() if not line.startswith(b"-")]
    return b"v=DKIM1; k=rsa; p=" + b"".join(lines)


def holds(mail: bytes, dns: Callable[..., bytes] = published) -> bool:
    return bool(dkim.verify(mail, dnsfunc=dns))


def mail(text: str = "您好！\n第二行\n", *, url: str | None = None, subject: str = "感谢您的惠顾") -> bytes:
    message = Outgoing(
        message_id=uuid4(),
        address="customer@example.com",
        name="Test Customer",
        language="zh-CN",
        purpose=Purpose.CARE,
        subject=subject,
        text=text,
        html="<p>您好！</p>",
        composed_at=datetime(2026, 3, 2, tzinfo=UTC),
        unsubscribe_url=url,
    )
    sender = Address("Test Shop", "care", "shop.example")
    return compose(message, sender=sender, message_id_domain="shop.example", unsubscribe="stop@shop.example")


def test_signed_mail_is_verified_and_changed_mail_is_not() -> None:
    signed = SIGNER.sign(mail(url="https://care.shop.example/unsubscribe?token=1"))
    assert holds(signed)
    assert not holds(signed.replace(b"Test Customer", b"Other Customer"))
    assert not holds(signed.replace(b"unsubscribe?token=1", b"unsubscribe?token=2"))
    assert not holds(b"From: other@shop.example\r\n" + signed)
    assert not holds(signed + b"more")


@settings(deadline=None, max_examples=25)
@given(st.text(max_size=300), st.text(max_size=200))
def test_whatever_a_mail_says_its_signature_holds(text: str, subject: str) -> None:
    assert holds(SIGNER.sign(mail(text, subject=subject)))


def test_key_that_no_receiver_takes_is_refused() -> None:
    curve = generate_private_key(SECP256R1())
    pem = curve.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()
    for key in ("nonsense", pem):
        with pytest.raises(ValueError, match=r"private key|Ed25519"):
            create_signer(domain="shop.example", selector="s1", private_key=key)


def test_one_click_is_offered_with_a_link_that_is_whole_and_signed() -> None:
    link = LINKS.one_click(CUSTOMER_ID, Channel.EMAIL, Purpose.CARE, date(2026, 3, 2))
    head = mail(url=link).partition(b"\r\n\r\n")[0].decode()
    assert f"List-Unsubscribe: <{link}>, <mailto:stop@shop.example?subject=unsubscribe>\r\n" in head
    assert "List-Unsubscribe-Post: List-Unsubscribe=One-Click" in head
