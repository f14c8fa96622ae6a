"""What the notification service publishes: each message sent or given up, each decision not to send, each task for
staff, and what customers themselves decide on their preferences page.
"""

import hashlib
from enum import StrEnum
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


def contact_point_check(customer_id: UUID, address: str) -> str:
    """Tells a customer's contact points apart without naming any: the first 16 bits of SHA-256(customer id, address).

    So short, it fits thousands of the addresses that somebody might try to find out by guessing.
    """
    return hashlib.sha256(customer_id.bytes + address.encode()).hexdigest()[:4]


class ContactPointReported(EventData):
    """The contact point that `message_id` went to does not work or does not want us; nothing more is sent there.

    `check` is its `contact_point_check`: which of the customer's contact points it was.
    """

    event_type: ClassVar[str] = "rapport.notification.contact_point_reported.v1"
    topic: ClassVar[str] = NOTIFICATION_EVENTS.name

    customer_id: UUID
    channel: Channel
    reason: Annotated[str, Field(max_length=50, examples=["bounced", "complained"])]
    message_id: UUID
    check: Annotated[str, Field(pattern=r"^[0-9a-f]{4}$")] | None = None
    at: Instant


class PreferenceWay(StrEnum):
    """How a customer decided: on its preferences page, or by one click in a mail (RFC 8058)."""

    PAGE = "page"
    ONE_CLICK = "one_click"


class PreferenceDecision(Value):
    """A yes or no to one channel and purpose."""

    channel: Channel
    purpose: Purpose
    granted: bool


class PreferencesChanged(EventData):
    """The customer itself decided, by a signed link: the customer service keeps the consents that follow.

    `change_id` names the record that the notification service keeps as proof.
    """

    event_type: ClassVar[str] = "rapport.notification.preferences_changed.v1"
    topic: ClassVar[str] = NOTIFICATION_EVENTS.name

    customer_id: UUID
    change_id: UUID
    way: PreferenceWay
    decisions: Annotated[tuple[PreferenceDecision, ...], Field(min_length=1, max_length=100)]
    at: Instant


class AssigneeKind(StrEnum):
    """`employee`: one member of staff, by the id in the business's own directory; `role`: whoever has it there."""

    EMPLOYEE = "employee"
    ROLE = "role"


class TaskAssignee(Value):
    """Whose a task is."""

    kind: AssigneeKind
    id: ShortText


class TaskPriority(StrEnum):
    LOW = "low"
    NORMAL = "normal"
    HIGH = "high"
    URGENT = "urgent"


class TaskState(StrEnum):
    """`dismissed`: somebody decided that it needs no doing; `cancelled`: what happened since has overtaken it."""

    OPEN = "open"
    DONE = "done"
    DISMISSED = "dismissed"
    CANCELLED = "cancelled"


class TaskTold(EventData):
    """What every event about a task repeats. `title` is by language and holds no personal data; `rule` and `occasion`
    say why.
    """

    topic: ClassVar[str] = NOTIFICATION_EVENTS.name

    task_id: UUID
    customer_id: UUID
    rule: ShortText
    occasion: Annotated[str, Field(max_length=200, description="what makes it unique: an event id, or a day of a year")]
    title: dict[LanguageTag, Annotated[str, Field(max_length=400)]]
    assignee: TaskAssignee
    priority: TaskPriority
    due_at: Instant
    created_at: Instant
    caused_by: ShortText | None = None


class TaskCreated(TaskTold):
    """A rule gave somebody something to do about a customer."""

    event_type: ClassVar[str] = "rapport.notification.task_created.v1"

    reason: Annotated[
        str | None,
        Field(max_length=50, description="`no_assignee`: nobody was there to give it to, so that it fell to a role"),
    ] = None


class TaskClosed(TaskTold):
    """It is done, was dismissed, or was cancelled; what somebody noted about it does not travel."""

    event_type: ClassVar[str] = "rapport.notification.task_closed.v1"

    state: TaskState
    closed_by: Annotated[ShortText, Field(description="who said so; null where an event or an erasure did")] | None = (
        None
    )
    reason: Annotated[
        str | None, Field(max_length=50, description="of one that was cancelled", examples=["cancelled", "erased"])
    ] = None
    at: Instant
