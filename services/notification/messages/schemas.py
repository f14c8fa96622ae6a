"""Messages and decisions over HTTP."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any, Final, Literal
from uuid import UUID

from pydantic import ConfigDict, Field

from services.notification.messages.receipt import ReceiptKind
from services.notification.values import Lane, MessageState, Outcome, Reason
from shared.contracts.common import Channel, Purpose
from shared.web.schemas import RequestModel, ResponseModel


class MessageListed(ResponseModel):
    """`attempts` counts every try, `resends` those made without knowing whether the one before was accepted."""

    message_id: UUID = Field(description="also the left half of the email's Message-ID")
    decision_id: UUID
    customer_id: UUID
    rule: str
    occasion: str
    channel: Channel
    purpose: Purpose
    language: str
    state: MessageState
    reason: str | None
    planned_at: datetime
    settled_at: datetime | None
    attempts: int
    deferrals: int
    resends: int
    lane: Lane
    provider: str | None = Field(description="by whom it went last")
    units: int | None = Field(description="what the provider counts: the segments of a text message")
    cost_micros: int | None = Field(description="what it cost so far, in millionths of `cost_currency`")
    cost_currency: str | None
    receipt: ReceiptKind | None = Field(description="what was reported of it after it was sent")
    receipt_at: datetime | None


class ReceiptRead(ResponseModel):
    """What a provider reported."""

    kind: ReceiptKind
    provider: str
    detail: str | None
    received_at: datetime


class AttemptRead(ResponseModel):
    """Instants are wall time. Without `finished_at` it is under way, or its worker died."""

    number: int
    started_at: datetime
    finished_at: datetime | None
    outcome: str | None = Field(examples=["accepted", "deferred", "rejected", "unreachable", "uncertain"])
    detail: str | None
    provider: str | None
    reference: str | None = Field(description="the provider's own name for it")


class ChannelConsidered(ResponseModel):
    channel: Channel
    chosen: bool
    reason: Reason | None


class Explanation(ResponseModel):
    """The same sentence in each language."""

    en: str
    zh_cn: str = Field(alias="zh-CN")


class DecisionRead(ResponseModel):
    """Why something was sent or given to somebody to do, or was not; `explanation` says it in words."""

    decision_id: UUID
    customer_id: UUID
    rule: str
    occasion: str = Field(description="what makes it unique: the id of an interaction, or the year of a birthday")
    action: Literal["message", "task"] = Field(description="what was in question; a task has the decision's id")
    channel: Channel | None = Field(
        description="the primary channel; where nothing is sent, the one first in question; null for a task"
    )
    purpose: Purpose | None = Field(description="null for a task")
    outcome: Outcome
    reason: Reason | None
    considered: list[ChannelConsidered]
    happened_at: datetime
    recorded_at: datetime
    decided_at: datetime
    caused_by: str | None = Field(description="id of the event behind it")
    correlation_id: str | None
    policy_version: int
    rule_version: int
    priority: int
    due_at: datetime | None = Field(description="business time at which one that waits is decided on")
    detail: dict[str, Any] | None = Field(description="what the reason is about: another decision, a cap, an event")
    explanation: Explanation


class AttachmentSent(ResponseModel):
    document: str = Field(description="its digest, see GET /v1/documents/{digest}")
    name: str


class MessageRead(MessageListed):
    """A message with its content, every attempt, and the decision it follows from."""

    composed_at: datetime | None
    next_attempt_at: datetime | None = Field(description="wall time; null unless another attempt is due")
    address: str | None
    subject: str | None
    body_text: str | None
    body_html: str | None
    attachments: list[AttachmentSent] | None = Field(description="what a mail carries")
    tries: list[AttemptRead]
    receipts: list[ReceiptRead]
    why: DecisionRead


class Release(RequestModel):
    """What a person found out about a message of which it was not known whether it had been accepted."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"action": "mark_sent"}]})

    action: Literal["resend", "mark_sent", "give_up"]


class StatusRead(ResponseModel):
    """How much is waiting. `customers` counts those whose profile is known."""

    now: datetime = Field(description="business time")
    customers: int
    awaiting_profile: int
    waiting: int = Field(description="for the time their rules say, or for the end of quiet hours")
    planned: int
    sending: int
    uncertain: int = Field(description="held for review, see POST /v1/messages/{message_id}/release")
    oldest_planned_at: datetime | None


class DecisionCount(ResponseModel):
    rule: str
    outcome: Outcome
    reason: Reason | None
    decisions: int


class MessageCount(ResponseModel):
    rule: str
    channel: Channel
    state: MessageState
    messages: int
    attempts: int
    resends: int


class Reconciliation(ResponseModel):
    """Every decision and every message, counted: what a mailbox must hold is `sent` by email."""

    decisions: list[DecisionCount]
    messages: list[MessageCount]


class CostDimension(StrEnum):
    """What costs are told apart by."""

    DAY = "day"
    PROVIDER = "provider"
    CHANNEL = "channel"
    RULE = "rule"


COST_COLUMNS: Final = ("day", "provider", "channel", "rule", "currency", "messages", "units", "cost_micros")


class CostRead(ResponseModel):
    """A sum; what was not told apart is null."""

    day: date | None = Field(description="on which they were settled, in the policy's default time zone")
    provider: str | None
    channel: Channel | None
    rule: str | None
    currency: str
    messages: int
    units: int = Field(description="what the providers count: letters, mails, segments of text messages")
    cost_micros: int = Field(description="in millionths of the currency's main unit")


class CostsRead(ResponseModel):
    start: datetime
    end: datetime
    items: list[CostRead]


class PolicyRead(ResponseModel):
    """The care policy in force, as its document."""

    version: int
    document: dict[str, Any]
