"""Encryption and login: used where demanded, and no mail leaves where they cannot be had."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from email.headerregistry import Address
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from services.notification.channels.port import Outgoing, SendStatus
from services.notification.channels.smtp import SmtpOptions, SmtpProvider
from shared.contracts.common import Purpose
from tests.support.certificates import write_certificate

LOGIN = {"username": "shop", "password": "test-only"}


class Receiver:
    """Takes mail, and remembers how it came."""

    def __init__(self) -> None:
        self.encrypted: list[bool] = []

    async def handle_DATA(self, _server: SMTP, session: Session, _envelope: Envelope) -> str:
        self.encrypted.append(session.ssl is not None)
        return "250 taken"


def _authenticate(_server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, data: Any) -> AuthResult:
    known = isinstance(data, LoginPassword) and (data.login, data.password) == (b"shop", b"test-only")
    return AuthResult(success=known)


@asynccontextmanager
async def secure_server(
    folder: Path, *, implicit: bool = False, starttls: bool = True
) -> AsyncIterator[tuple[int, Path, Receiver]]:
    certificate, key = write_certificate(folder)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    receiver = Receiver()
    loop = asyncio.get_running_loop()

    def session() -> SMTP:
        if implicit or not starttls:
            return SMTP(receiver, loop=loop)
        return SMTP(
            receiver,
            loop=loop,
            tls_context=context,
            require_starttls=True,
            authenticator=_authenticate,
            auth_required=True,
        )

    server = await loop.create_server(session, "127.0.0.1", 0, ssl=context if implicit else None)
    async with server:
        yield server.sockets[0].getsockname()[1], certificate, receiver


async def send(port: int, **options: Any) -> SendStatus:
    values: dict[str, Any] = {
        "host": "127.0.0.1",
        "port": port,
        "tls": "starttls",
        "sender": Address("Test Shop", "care", "shop.example"),
        "message_id_domain": "shop.example",
        "timeout_seconds": 5.0,
    }
    email = Outgoing(
        message_id=uuid4(),
        address="customer@example.com",
        name="Test Customer",
        language="en",
        purpose=Purpose.CARE,
        subject="Hello",
        text="Hello",
        html="<p>Hello</p>",
        composed_at=datetime(2026, 3, 2, tzinfo=UTC),
    )
    channel = SmtpProvider(SmtpOptions(**(values | options)))
    try:
        return (await channel.send(email)).status
    finally:
        await channel.close()


async def test_mail_goes_out_encrypted_after_login(tmp_path: Path) -> None:
    async with secure_server(tmp_path) as (port, ca_file, receiver):
        assert await send(port, ca_file=ca_file, **LOGIN) is SendStatus.ACCEPTED
    assert receiver.encrypted == [True]


async def test_mail_goes_out_over_a_connection_encrypted_from_the_start(tmp_path: Path) -> None:
    async with secure_server(tmp_path, implicit=True) as (port, ca_file, receiver):
        assert await send(port, tls="tls", ca_file=ca_file) is SendStatus.ACCEPTED
    assert len(receiver.encrypted) == 1


async def test_wrong_password_sends_nothing_and_fails_no_message(tmp_path: Path) -> None:
    async with secure_server(tmp_path) as (port, ca_file, receiver):
        status = await send(port, ca_file=ca_file, username="shop", password="wrong")
        assert (status, receiver.encrypted) == (SendStatus.UNREACHABLE, [])


@pytest.mark.parametrize("tls", ["starttls", "tls"])
async def test_server_with_an_unknown_certificate_gets_no_mail(tmp_path: Path, tls: str) -> None:
    async with secure_server(tmp_path, implicit=tls == "tls") as (port, _, receiver):
        assert (await send(port, tls=tls), receiver.encrypted) == (SendStatus.UNREACHABLE, [])


async def test_server_that_offers_no_encryption_gets_neither_mail_nor_password(tmp_path: Path) -> None:
    async with secure_server(tmp_path, starttls=False) as (port, ca_file, receiver):
        assert (await send(port, ca_file=ca_file, **LOGIN), receiver.encrypted) == (SendStatus.UNREACHABLE, [])
