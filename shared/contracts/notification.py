"""What the notification service publishes: each message sent or given up, and each decision not to send."""

from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import Field

from shared.contracts.common import Channel, CurrencyCode, Instant, LanguageTag, Purpose, ShortText, Value
from shared.contracts.envelope import EventData
from shared.contracts.topics import NOTIFICATION_EVENTS


class MessageCost(Value):
    """What a provider charges, in millionths of the currency's main unit: 0.0079 USD are 7900."""

    micros: Annotated[int, Field(ge=0, le=10**15)]
    currency: CurrencyCode


class MessageDecided(EventData):
    """`rule` and `occasion` say why; `caused_by` is the id of the event behind it, where there is one."""

    topic: ClassVar[str] = NOTIFICATION_EVENTS.name

    message_id: UUID
    customer_id: UUID
    rule: ShortText
    occasion: Annotated[str, Field(max_length=200, description="what makes it unique: an event id, or a day of a year")]
    channel: Channel
    purpose: Purpose
    language: LanguageTag
    caused_by: ShortText | None = None
    at: Instant


class MessageSent(MessageDecided):
    """A provider or the inbox took the message, after so many attempts."""

    event_type: ClassVar[str] = "rapport.notification.message_sent.v1"

    subject: Annotated[str, Field(max_length=400)] | None = None
    attempts: Annotated[int, Field(ge=1)]
    provider: ShortText | None = None
    units: (
        Annotated[int, Field(ge=1, description="what the provider counts: the segments of a text message")] | None
    ) = None
    cost: MessageCost | None = None


class MessageFailed(MessageDecided):
    """The message was given up after so many attempts."""

    event_type: ClassVar[str] = "rapport.notification.message_failed.v1"

    reason: Annotated[str, Field(max_length=1000)]
    attempts: Annotated[int, Field(ge=1)]
    provider: ShortText | None = None


class MessageSuppressed(MessageDecided):
    """It was decided not to send the message."""

    event_type: ClassVar[str] = "rapport.notification.message_suppressed.v1"

    reason: Annotated[str, Field(max_length=200, examples=["no_consent", "stale"])]


class MessageReceiptRecorded(MessageDecided):
    """A provider reported what became of a message after it had taken it."""

    event_type: ClassVar[str] = "rapport.notification.message_receipt_recorded.v1"

    receipt: Annotated[
        str, Field(max_length=50, examples=["delivered", "delayed", "undelivered", "bounced", "complained"])
    ]
    provider: ShortText
    detail: Annotated[str, Field(max_length=1000)] | None = None


class ContactPointReported(EventData):
    """The contact point that `message_id` went to does not work or does not want us; nothing more is sent there."""

    event_type: ClassVar[str] = "rapport.notification.contact_point_reported.v1"
    topic: ClassVar[str] = NOTIFICATION_EVENTS.name

    customer_id: UUID
    channel: Channel
    reason: Annotated[str, Field(max_length=50, examples=["bounced", "complained"])]
    message_id: UUID
    at: Instant
