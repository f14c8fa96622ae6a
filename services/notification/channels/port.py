"""The way out on any channel, as the delivery of messages needs it; every provider is an adapter behind it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from shared.contracts.common import Channel, Purpose


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that a mail carries."""

    name: str
    media_type: str
    content: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """A message to one recipient on one channel, the same to the letter at every attempt.

    `message_id` is its idempotency key at providers that know such a thing, and a mail's Message-ID; `composed_at` is a
    mail's Date. Channels without a subject or HTML leave them out. `rule` is for providers that
    have templates of their own for each. `unsubscribe_url` takes a POST of one click (RFC 8058).
    """

    message_id: UUID
    channel: Channel = Channel.EMAIL
    address: str
    name: str
    language: str
    purpose: Purpose
    subject: str
    text: str
    html: str
    composed_at: datetime
    rule: str = ""
    unsubscribe_url: str | None = None
    attachments: tuple[Attachment, ...] = ()


class SendStatus(StrEnum):
    ACCEPTED = "accepted"
    """The provider took responsibility for the message."""
    DEFERRED = "deferred"
    """Certainly not accepted; this message may be accepted later."""
    REJECTED = "rejected"
    """Certainly not accepted, and it never will be."""
    UNREACHABLE = "unreachable"
    """Certainly not accepted, and no other message would be at present: another provider is to be tried."""
    UNCERTAIN = "uncertain"
    """Handed over, but no answer came that can be understood: it may or may not have been accepted."""


@dataclass(frozen=True, slots=True)
class Cost:
    """What a provider charges, in millionths of the currency's main unit: 0.0079 USD are 7900."""

    micros: int
    currency: str


@dataclass(frozen=True, slots=True)
class SendResult:
    """`detail` is what the provider said, without personal data; `reference` is its own name for the message.

    `units` is what the provider counts (the segments of a text message). `retry_after` is how long it asks to be left
    alone. With `address_gone` nothing is to be sent to this address any more.
    """

    status: SendStatus
    detail: str = ""
    reference: str | None = None
    units: int = 1
    retry_after: timedelta | None = None
    address_gone: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Capabilities:
    """What can be relied on at a provider.

    With `honours_key` a repeat of the same message is recognised by its id and not delivered again, so that an attempt
    of which nobody heard is simply repeated. `gives_receipts` says that it tells later what became of a message.
    With `many_hosts` each recipient has a server of its own: one that is down says nothing of the provider.
    """

    honours_key: bool = False
    gives_receipts: bool = False
    many_hosts: bool = False


class Provider(Protocol):
    """Sends one message per call, several calls at a time."""

    @property
    def name(self) -> str:
        """Its name in the configuration, on every attempt and in every metric."""
        ...

    @property
    def capabilities(self) -> Capabilities: ...

    async def send(self, message: Outgoing) -> SendResult:
        """Never raises for what a provider or a network does: that is a result.

        May block for as long as its own timeouts allow. When cancelled after the hand-over has begun, it is not known
        whether the message was accepted.
        """
        ...

    async def close(self) -> None:
        """Ends idle connections; sends under way are not waited for."""
        ...
