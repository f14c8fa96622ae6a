"""A real SMTP server for laptop and tests: it keeps what it accepts durably, in a Maildir, and sends nothing on.

`python -m deploy.local.mailbox --port 8025 --folder .data/mailbox`
"""

import asyncio
import itertools
import logging
import os
import socket
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email import message_from_binary_file, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Annotated, cast
from weakref import WeakSet

import typer
import uvloop
from aiosmtpd.smtp import SMTP, Envelope, Session

from deploy.local.ports import HOST, Ports

_MAX_MESSAGE_BYTES = 10_000_000
# The library tells every command, with the address in it.
logging.getLogger("mail.log").setLevel(logging.WARNING)
_sequence = itertools.count()


@dataclass(slots=True)
class Faults:
    """What goes wrong on purpose, for the next messages; counts run down to zero."""

    defer: int = 0
    """Answered 451 instead of being stored."""
    lose_before: int = 0
    """The connection breaks before the message is stored."""
    lose_after: int = 0
    """The message is stored, but the connection breaks before the answer."""
    reject: set[str] = field(default_factory=set)
    """Recipients answered 550."""
    delay_seconds: float = 0.0
    """How long each message takes."""

    def strikes(self, name: str) -> bool:
        left = int(getattr(self, name))
        if left > 0:
            setattr(self, name, left - 1)
        return left > 0


class Mailbox:
    """The server, a component; `port` is the one really taken where 0 was asked for."""

    name = "mailbox"

    def __init__(self, folder: Path, *, host: str = HOST, port: int = 0, faults: Faults | None = None) -> None:
        self.folder = folder
        self.host = host
        self.port = port
        self.faults = faults or Faults()
        self.connections = 0
        """How many were ever made."""

    async def run(self, stop: asyncio.Event) -> None:
        """Serves until `stop` is set. Raises OSError when the port is taken."""
        async with self.serving():
            await stop.wait()

    @asynccontextmanager
    async def serving(self) -> AsyncIterator["Mailbox"]:
        for part in ("tmp", "new", "cur"):
            (self.folder / part).mkdir(parents=True, exist_ok=True)
        loop = asyncio.get_running_loop()
        sessions: WeakSet[SMTP] = WeakSet()
        server = await loop.create_server(lambda: self._session(loop, sessions), self.host, self.port)
        self.port = server.sockets[0].getsockname()[1]
        try:
            yield self
        finally:
            server.close()
            for session in sessions:
                _break(session)
            await server.wait_closed()

    def _session(self, loop: asyncio.AbstractEventLoop, sessions: WeakSet[SMTP]) -> SMTP:
        session = SMTP(
            self, loop=loop, hostname="mailbox.localhost", data_size_limit=_MAX_MESSAGE_BYTES, enable_SMTPUTF8=True
        )
        sessions.add(session)
        self.connections += 1
        return session

    async def handle_RCPT(
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address in self.faults.reject:
            return f"550 5.1.1 <{address}> no such mailbox here"
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(options)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:
        if self.faults.delay_seconds:
            await asyncio.sleep(self.faults.delay_seconds)
        if self.faults.strikes("defer"):
            return "451 4.3.0 try again later"
        if self.faults.strikes("lose_before"):
            _break(server)
            return "421 4.3.0 never said"
        await asyncio.to_thread(store, self.folder, _with_envelope(envelope))
        if self.faults.strikes("lose_after"):
            _break(server)
        return "250 2.0.0 stored"


def _break(session: SMTP) -> None:
    if session.transport is not None:
        cast(asyncio.WriteTransport, session.transport).abort()


def _with_envelope(envelope: Envelope) -> bytes:
    """The message with its envelope on top, which the headers below need not agree with."""
    recipients = ", ".join(envelope.rcpt_tos)
    content = envelope.content if isinstance(envelope.content, bytes) else (envelope.content or "").encode()
    return f"Return-Path: <{envelope.mail_from}>\r\nDelivered-To: {recipients}\r\n".encode() + content


def store(folder: Path, content: bytes) -> Path:
    """Delivers as Maildir demands: written and synced under tmp, then moved to new, whose entry is synced too."""
    name = f"{time.time_ns()}.{os.getpid()}_{next(_sequence)}.{socket.gethostname()}"
    temporary, final = folder / "tmp" / name, folder / "new" / name
    with temporary.open("xb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    temporary.rename(final)
    directory = os.open(final.parent, os.O_RDONLY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)
    return final


def stored_messages(folder: Path) -> Iterator[EmailMessage]:
    """Every message in a mailbox, oldest first."""
    for path in sorted([*folder.glob("new/*"), *folder.glob("cur/*")], key=lambda path: path.name):
        with path.open("rb") as file:
            yield message_from_binary_file(file, policy=policy.default)


def count_by_message_id(folder: Path) -> Counter[str]:
    """How often each Message-ID was stored: more than once is a resend after an acceptance nobody heard of."""
    return Counter(_message_id(path) for path in [*folder.glob("new/*"), *folder.glob("cur/*")])


def _message_id(path: Path) -> str:
    with path.open("rb") as file:
        for line in file:
            if line.lower().startswith(b"message-id:"):
                return line.partition(b":")[2].strip().decode()
            if not line.strip():
                break
    return ""


def main(
    folder: Annotated[Path, typer.Option(help="Where messages are kept, as a Maildir.")],
    port: Annotated[int, typer.Option(help="Port to listen on.")] = Ports().smtp,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = HOST,
) -> None:
    """Accept mail for anybody and keep it, until stopped."""
    uvloop.run(_serve(Mailbox(folder, host=host, port=port)))


async def _serve(mailbox: Mailbox) -> None:
    async with mailbox.serving():
        typer.echo(f"mailbox listens on {mailbox.host}:{mailbox.port} and keeps messages in {mailbox.folder}")
        await asyncio.Event().wait()


if __name__ == "__main__":
    typer.run(main)
