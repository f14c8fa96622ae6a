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


RECEIPTS = ("delayed", "delivered", "undelivered", "bounced", "complained")
"""What providers report of a message, from what says least of it to what says most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    message_id: UUID
    receipt: str
    received_at: datetime


def most_telling(receipts: Iterable[Receipt]) -> list[Receipt]:
    """One per message, whatever the order they come in. A kind that is not known here says least of all."""
    most: dict[UUID, Receipt] = {}
    for receipt in receipts:
        known = most.get(receipt.message_id)
        if known is None or rank_of(receipt.receipt) > rank_of(known.receipt):
            most[receipt.message_id] = receipt
    return list(most.values())


def rank_of(receipt: str) -> int:
    return RECEIPTS.index(receipt) if receipt in RECEIPTS else -1


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
