"""A message the platform wrote to a customer, as its timeline knows it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    message_id: UUID
    customer_id: UUID
    occurred_at: datetime
    state: Literal["sent", "failed"]
    rule: str
    channel: str
    purpose: str
    language: str
    subject: str | None
    reason: str | None
    caused_by: str | None


def last_told(messages: Iterable[Message]) -> list[Message]:
    """One per message: the last, and of equal times the one that says it was sent."""
    last: dict[UUID, Message] = {}
    for message in messages:
        known = last.get(message.message_id)
        if known is None or _rank(message) >= _rank(known):
            last[message.message_id] = message
    return list(last.values())


def _rank(message: Message) -> tuple[datetime, bool]:
    return message.occurred_at, message.state == "sent"
