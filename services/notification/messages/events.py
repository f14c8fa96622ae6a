"""What is published about a message or a decision not to send one."""

from dataclasses import dataclass
from datetime import datetime
from typing import TypedDict
from uuid import UUID

from services.notification.audience.profile import plain_address
from services.notification.messages.receipt import Receipt
from services.notification.values import Reason
from shared.contracts.common import Channel, Purpose
from shared.contracts.notification import (
    ContactPointReported,
    MessageCost,
    MessageDecided,
    MessageFailed,
    MessageReceiptRecorded,
    MessageSent,
    MessageSuppressed,
    contact_point_check,
)
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


@dataclass(frozen=True, slots=True)
class SentBy:
    """By whom a message went and what that cost; nothing of it is known of an inbox item."""

    provider: str | None = None
    units: int | None = None
    cost_micros: int | None = None
    cost_currency: str | None = None


def sent(told: Told, *, at: datetime, subject: str | None, attempts: int, way: SentBy = SentBy()) -> NewEvent:
    cost = None
    if way.cost_micros is not None and way.cost_currency is not None:
        cost = MessageCost(micros=way.cost_micros, currency=way.cost_currency)
    data = MessageSent(
        **_common(told, at), subject=subject, attempts=attempts, provider=way.provider, units=way.units, cost=cost
    )
    return _event(told, data)


def failed(told: Told, *, at: datetime, reason: str, attempts: int, provider: str | None = None) -> NewEvent:
    data = MessageFailed(**_common(told, at), reason=reason[:_LONGEST_REASON], attempts=attempts, provider=provider)
    return _event(told, data)


def receipt_recorded(told: Told, receipt: Receipt, *, at: datetime) -> NewEvent:
    data = MessageReceiptRecorded(
        **_common(told, at),
        receipt=receipt.kind.value,
        provider=receipt.provider,
        detail=receipt.detail[:_LONGEST_REASON] or None,
    )
    return _event(told, data)


def contact_point_reported(told: Told, *, address: str, reason: str, at: datetime) -> NewEvent:
    data = ContactPointReported(
        customer_id=told.customer_id,
        channel=Channel(told.channel),
        reason=reason,
        message_id=told.message_id,
        check=contact_point_check(told.customer_id, plain_address(Channel(told.channel), address)),
        at=at,
    )
    return NewEvent(data=data, customer_id=told.customer_id, time=at, correlation_id=told.correlation_id)


def suppressed(told: Told, *, at: datetime, reason: Reason) -> NewEvent:
    return _event(told, MessageSuppressed(**_common(told, at), reason=reason.value))


def _event(told: Told, data: MessageDecided) -> NewEvent:
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
