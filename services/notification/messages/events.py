"""What is published about a message or a decision not to send one."""

from dataclasses import dataclass
from datetime import datetime
from typing import TypedDict
from uuid import UUID

from services.notification.values import Reason
from shared.contracts.common import Channel, Purpose
from shared.contracts.notification import MessageFailed, MessageSent, MessageSuppressed
from shared.messaging.outbox import NewEvent

_LONGEST_REASON = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """The identity of a message and why it came to be, as every event about it repeats them."""

    message_id: UUID
    customer_id: UUID
    rule: str
    occasion: str
    channel: str
    purpose: str
    language: str
    caused_by: str | None
    correlation_id: str | None


def sent(told: Told, *, at: datetime, subject: str | None, attempts: int) -> NewEvent:
    return _event(told, MessageSent(**_common(told, at), subject=subject, attempts=attempts))


def failed(told: Told, *, at: datetime, reason: str, attempts: int) -> NewEvent:
    return _event(told, MessageFailed(**_common(told, at), reason=reason[:_LONGEST_REASON], attempts=attempts))


def suppressed(told: Told, *, at: datetime, reason: Reason) -> NewEvent:
    return _event(told, MessageSuppressed(**_common(told, at), reason=reason.value))


def _event(told: Told, data: MessageSent | MessageFailed | MessageSuppressed) -> NewEvent:
    return NewEvent(
        data=data,
        customer_id=told.customer_id,
        time=data.at,
        causation_id=told.caused_by,
        correlation_id=told.correlation_id,
    )


class _Common(TypedDict):
    message_id: UUID
    customer_id: UUID
    rule: str
    occasion: str
    channel: Channel
    purpose: Purpose
    language: str
    caused_by: str | None
    at: datetime


def _common(told: Told, at: datetime) -> _Common:
    return {
        "message_id": told.message_id,
        "customer_id": told.customer_id,
        "rule": told.rule,
        "occasion": told.occasion,
        "channel": Channel(told.channel),
        "purpose": Purpose(told.purpose),
        "language": told.language,
        "caused_by": told.caused_by,
        "at": at,
    }
