"""Ways out for email in tests: the real mailbox on a free port, and a channel that does what the test says."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from email.headerregistry import Address
from pathlib import Path
from typing import Any

from deploy.local.mailbox import Faults, Mailbox
from services.notification.channels.port import Capabilities, Outgoing, SendResult, SendStatus
from services.notification.channels.smtp import SmtpOptions, SmtpProvider

DOMAIN = "shop.example"
ACCEPTED = SendResult(SendStatus.ACCEPTED, "250 OK")


@asynccontextmanager
async def running_mailbox(folder: Path, *, port: int = 0, faults: Faults | None = None) -> AsyncIterator[Mailbox]:
    async with Mailbox(folder, port=port, faults=faults).serving() as mailbox:
        yield mailbox


def smtp_channel(mailbox: Mailbox, **options: Any) -> SmtpProvider:
    values: dict[str, Any] = {
        "host": mailbox.host,
        "port": mailbox.port,
        "tls": "none",
        "username": None,
        "password": None,
        "sender": Address("Test Shop", "care", DOMAIN),
        "message_id_domain": DOMAIN,
        "timeout_seconds": 5.0,
        "max_connections": 4,
    }
    return SmtpProvider(SmtpOptions(**(values | options)))


class ScriptedChannel:
    """Answers each email with what `script` returns or raises, by default acceptance; remembers what it was given."""

    def __init__(
        self,
        script: Callable[[Outgoing], Awaitable[SendResult]] | None = None,
        *,
        name: str = "smtp",
        honours_key: bool = False,
    ) -> None:
        self.name = name
        self.capabilities = Capabilities(honours_key=honours_key)
        self.emails: list[Outgoing] = []
        self.closed = False
        self._script = script

    async def send(self, email: Outgoing) -> SendResult:
        self.emails.append(email)
        await asyncio.sleep(0)
        return await self._script(email) if self._script is not None else ACCEPTED

    async def close(self) -> None:
        self.closed = True


def answering(*results: SendResult) -> Callable[[Outgoing], Awaitable[SendResult]]:
    """A script of these results in turn, and acceptance after them."""
    left = list(results)

    async def answer(_email: Outgoing) -> SendResult:
        return left.pop(0) if left else ACCEPTED

    return answer
