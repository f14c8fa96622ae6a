"""Email over SMTP: reused connections, and an answer that tells apart what was refused from what is not known."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from email.headerregistry import Address
from pathlib import Path
from typing import Literal

import aiosmtplib

from services.notification.channels.detail import masked
from services.notification.channels.dkim import DkimSigner
from services.notification.channels.mime import compose
from services.notification.channels.port import Capabilities, Outgoing, SendResult, SendStatus
from shared.errors import InvalidInput

_CLOSING = 421


@dataclass(frozen=True, slots=True, kw_only=True)
class SmtpOptions:
    """`tls` is never less than it says: a server that offers no encryption then gets no mail.

    `messages_per_connection` bounds how long a connection lives: servers rotate and balance between connections.
    """

    name: str = "smtp"
    host: str
    port: int
    tls: Literal["none", "starttls", "tls"]
    ca_file: Path | None = None
    username: str | None = None
    password: str | None = None
    sender: Address
    message_id_domain: str
    unsubscribe: str | None = None
    dkim: DkimSigner | None = None
    timeout_seconds: float = 20.0
    max_connections: int = 8
    messages_per_connection: int = 100


class _Unreachable(Exception):
    """No connection, or no session on it, could be had."""


@dataclass(slots=True)
class _Connection:
    client: aiosmtplib.SMTP
    sent: int = 0
    reusable: bool = True


class SmtpProvider:
    """A Provider over at most `max_connections` connections, opened when needed and kept for the next message."""

    capabilities = Capabilities(gives_receipts=True)

    def __init__(self, options: SmtpOptions) -> None:
        self._options = options
        self._places = asyncio.Semaphore(options.max_connections)
        self._idle: list[_Connection] = []

    @property
    def name(self) -> str:
        return self._options.name

    async def send(self, message: Outgoing) -> SendResult:
        try:
            content = compose(
                message,
                sender=self._options.sender,
                message_id_domain=self._options.message_id_domain,
                unsubscribe=self._options.unsubscribe,
            )
        except InvalidInput as error:
            return SendResult(SendStatus.REJECTED, error.detail)
        if self._options.dkim is not None:
            content = self._options.dkim.sign(content)
        try:
            async with self._connection() as connection:
                return await self._converse(connection, message.address, content)
        except _Unreachable as error:
            return SendResult(SendStatus.UNREACHABLE, masked(str(error)))

    async def close(self) -> None:
        while self._idle:
            await _quit(self._idle.pop())

    @asynccontextmanager
    async def _connection(self) -> AsyncIterator[_Connection]:
        async with self._places:
            connection = await self._awake()
            try:
                yield connection
            except BaseException:
                connection.client.close()
                raise
            if connection.reusable and connection.sent < self._options.messages_per_connection:
                self._idle.append(connection)
            else:
                await _quit(connection)

    async def _awake(self) -> _Connection:
        """An idle connection that still answers, else a new one: servers hang up on the idle without a word."""
        while self._idle:
            connection = self._idle.pop()
            try:
                await connection.client.rset()
            except (aiosmtplib.SMTPException, OSError):
                connection.client.close()
            else:
                return connection
        return await self._open()

    async def _open(self) -> _Connection:
        options = self._options
        client = aiosmtplib.SMTP(
            hostname=options.host,
            port=options.port,
            use_tls=options.tls == "tls",
            start_tls=options.tls == "starttls",
            cert_bundle=str(options.ca_file) if options.ca_file is not None else None,
            username=options.username,
            password=options.password,
            timeout=options.timeout_seconds,
        )
        try:
            await client.connect()
        except (aiosmtplib.SMTPException, OSError) as error:
            client.close()
            raise _Unreachable(f"{options.host}:{options.port}: {_said(error)}") from error
        return _Connection(client)

    async def _converse(self, connection: _Connection, address: str, content: bytes) -> SendResult:
        """MAIL, RCPT, DATA. Up to DATA a broken connection means: not accepted; from then on it means: not known."""
        client = connection.client
        handed_over = False
        try:
            await client.mail(self._options.sender.addr_spec)
            await client.rcpt(address)
            handed_over = True
            response = await client.data(content)
        except aiosmtplib.SMTPResponseException as error:
            # The server answered, and a connection that was told what it did wrong is still a good connection.
            connection.reusable = error.code != _CLOSING
            return SendResult(_meaning(error, handed_over), masked(f"{error.code} {error.message}"))
        except (aiosmtplib.SMTPException, OSError) as error:
            connection.reusable = False
            status = SendStatus.UNCERTAIN if handed_over else SendStatus.UNREACHABLE
            return SendResult(status, masked(_said(error)))
        connection.sent += 1
        return SendResult(SendStatus.ACCEPTED, masked(f"{response.code} {response.message}"))


def _meaning(error: aiosmtplib.SMTPResponseException, handed_over: bool) -> SendStatus:
    if error.code == _CLOSING or isinstance(error, aiosmtplib.SMTPSenderRefused):
        # It is us who are not wanted, now or with this sender: no message would fare better.
        return SendStatus.UNREACHABLE
    if 400 <= error.code < 600:
        return SendStatus.REJECTED if error.code >= 500 else SendStatus.DEFERRED
    return SendStatus.UNCERTAIN if handed_over else SendStatus.DEFERRED


def _said(error: Exception) -> str:
    return str(error) or type(error).__name__


async def _quit(connection: _Connection) -> None:
    try:
        await connection.client.quit()
    except (aiosmtplib.SMTPException, OSError):
        connection.client.close()
