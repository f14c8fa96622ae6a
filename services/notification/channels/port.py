"""The way out by email, as the delivery of messages needs it; `smtp` provides it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from shared.contracts.common import Purpose


@dataclass(frozen=True, slots=True, kw_only=True)
class Email:
    """A message to one recipient. `message_id` becomes its Message-ID, `composed_at` its Date: both outlive retries."""

    message_id: UUID
    address: str
    name: str
    language: str
    purpose: Purpose
    subject: str
    text: str
    html: str
    composed_at: datetime


class SendStatus(StrEnum):
    ACCEPTED = "accepted"
    """The provider took responsibility for the message."""
    DEFERRED = "deferred"
    """Certainly not accepted; this message may be accepted later."""
    REJECTED = "rejected"
    """Certainly not accepted, and it never will be."""
    UNREACHABLE = "unreachable"
    """Certainly not accepted, and no other message would be at present."""
    UNCERTAIN = "uncertain"
    """Handed over, but the answer never came: it may or may not have been accepted."""


@dataclass(frozen=True, slots=True)
class SendResult:
    """`detail` is what the provider said, without personal data."""

    status: SendStatus
    detail: str = ""


class EmailChannel(Protocol):
    """Sends one email per call, several calls at a time."""

    async def send(self, email: Email) -> SendResult:
        """Never raises for what a provider or a network does: that is a result.

        May block for as long as its own timeouts allow. When cancelled after the hand-over has begun, it is not known
        whether the message was accepted.
        """
        ...

    async def close(self) -> None:
        """Ends idle connections; sends under way are not waited for."""
        ...
