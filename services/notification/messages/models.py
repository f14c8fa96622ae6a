"""Decisions, the messages that follow from them, and every attempt to deliver one."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    TIMESTAMP,
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    PrimaryKeyConstraint,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from services.notification.database import Base


def _instant(*, nullable: bool = False) -> "Column[datetime]":
    return Column(TIMESTAMP(timezone=True), nullable=nullable)


def _count() -> "Column[int]":
    return Column(Integer, nullable=False, server_default="0")


def _lane() -> "Column[str]":
    return Column(Text, nullable=False, server_default="normal")


class Decision(Base, table=True):
    """One record per (customer, rule, occasion), whether something was sent or not. Without channel and purpose it is
    about a task, which has the decision's id.

    `considered` tells what became of each channel; `facts` are what the templates may show, emptied on erasure, and
    `inputs` what the rule's condition is asked of as long as it is not decided on. Without a `template` the rule's name
    is that of its template. What waits is decided on anew at `due_at`; `subject` is what it is about as long as it
    waits, `detail` what its reason is about. `of_day` is what comes too late once its local day is over.
    """

    __tablename__ = "decisions"
    __table_args__ = (
        UniqueConstraint("customer_id", "rule", "occasion"),
        Index("ix_decisions_time", "decided_at", "decision_id"),
        Index("ix_decisions_customer_time", "customer_id", "decided_at", "decision_id"),
        Index(
            "ix_decisions_reason_time",
            "reason",
            "decided_at",
            "decision_id",
            postgresql_where=text("reason IS NOT NULL"),
        ),
        Index("ix_decisions_waiting", "due_at", postgresql_where=text("outcome = 'waiting'")),
        Index("ix_decisions_waiting_of", "customer_id", postgresql_where=text("outcome = 'waiting'")),
        Index("ix_decisions_awaiting", "customer_id", postgresql_where=text("outcome = 'awaiting_profile'")),
    )

    decision_id: UUID = Field(sa_column=Column(Uuid, primary_key=True))
    customer_id: UUID = Field(sa_column=Column(Uuid, nullable=False))
    rule: str = Field(sa_type=Text)
    occasion: str = Field(sa_type=Text)
    channel: str | None = Field(default=None, sa_type=Text)
    purpose: str | None = Field(default=None, sa_type=Text)
    language: str = Field(sa_type=Text)
    outcome: str = Field(sa_type=Text)
    reason: str | None = Field(default=None, sa_type=Text)
    considered: list[dict[str, Any]] = Field(sa_column=Column(JSONB, nullable=False))
    facts: dict[str, str] = Field(sa_column=Column(JSONB, nullable=False))
    happened_at: datetime = Field(sa_column=_instant())
    recorded_at: datetime = Field(sa_column=_instant())
    caused_by: str | None = Field(default=None, sa_type=Text)
    correlation_id: str | None = Field(default=None, sa_type=Text)
    lane: str = Field(sa_column=_lane())
    policy_version: int
    rule_version: int = Field(default=1, sa_column=Column(Integer, nullable=False, server_default="1"))
    template: str | None = Field(default=None, sa_type=Text)
    inputs: dict[str, Any] | None = Field(default=None, sa_column=Column(JSONB(none_as_null=True)))
    about: str | None = Field(default=None, sa_type=Text)
    subject: str | None = Field(default=None, sa_type=Text)
    merges: bool = Field(default=False, sa_column=Column(Boolean, nullable=False, server_default=text("false")))
    priority: int = Field(default=50, sa_column=Column(Integer, nullable=False, server_default="50"))
    due_at: datetime | None = Field(default=None, sa_column=_instant(nullable=True))
    known_at: datetime | None = Field(default=None, sa_column=_instant(nullable=True))
    detail: dict[str, Any] | None = Field(default=None, sa_column=Column(JSONB(none_as_null=True)))
    of_day: bool = Field(default=False, sa_column=Column(Boolean, nullable=False, server_default=text("false")))
    decided_at: datetime = Field(sa_column=_instant())


class Message(Base, table=True):
    """One message on one channel, unique for ever by (customer, rule, occasion, channel).

    `planned_at`, `composed_at` and `settled_at` are business time; `next_attempt_at` and `lease_until` are wall time.
    What is sent is kept from the first attempt on, so that a resend is the same message to the letter. `provider`,
    `last_outcome` and `reference` are those of the latest attempt; `cost_micros` adds up what was accepted, in
    millionths of `cost_currency`.
    """

    __tablename__ = "messages"
    __table_args__ = (
        UniqueConstraint("customer_id", "rule", "occasion", "channel"),
        Index("ix_messages_time", "planned_at", "message_id"),
        Index("ix_messages_customer_time", "customer_id", "planned_at", "message_id"),
        Index("ix_messages_due", "channel", "lane", "next_attempt_at", postgresql_where=text("state = 'planned'")),
        Index("ix_messages_sending", "lease_until", postgresql_where=text("state = 'sending'")),
        Index("ix_messages_uncertain", "planned_at", postgresql_where=text("state = 'uncertain'")),
        Index("ix_messages_decision_id", "decision_id"),
        Index("ix_messages_cost", "settled_at", postgresql_where=text("cost_micros IS NOT NULL")),
        Index("ix_messages_reference", "provider", "reference", postgresql_where=text("reference IS NOT NULL")),
    )

    message_id: UUID = Field(sa_column=Column(Uuid, primary_key=True))
    decision_id: UUID = Field(sa_column=Column(Uuid, ForeignKey("decisions.decision_id"), nullable=False))
    customer_id: UUID = Field(sa_column=Column(Uuid, nullable=False))
    rule: str = Field(sa_type=Text)
    occasion: str = Field(sa_type=Text)
    channel: str = Field(sa_type=Text)
    purpose: str = Field(sa_type=Text)
    language: str = Field(sa_type=Text)
    state: str = Field(sa_type=Text)
    reason: str | None = Field(default=None, sa_type=Text)
    planned_at: datetime = Field(sa_column=_instant())
    composed_at: datetime | None = Field(default=None, sa_column=_instant(nullable=True))
    settled_at: datetime | None = Field(default=None, sa_column=_instant(nullable=True))
    next_attempt_at: datetime = Field(sa_column=_instant())
    lease_until: datetime | None = Field(default=None, sa_column=_instant(nullable=True))
    attempts: int = Field(default=0, sa_column=_count())
    deferrals: int = Field(default=0, sa_column=_count())
    resends: int = Field(default=0, sa_column=_count())
    lane: str = Field(sa_column=_lane())
    provider: str | None = Field(default=None, sa_type=Text)
    last_outcome: str | None = Field(default=None, sa_type=Text)
    reference: str | None = Field(default=None, sa_type=Text)
    units: int | None = None
    cost_micros: int | None = Field(default=None, sa_column=Column(BigInteger))
    cost_currency: str | None = Field(default=None, sa_type=Text)
    receipt: str | None = Field(default=None, sa_type=Text)
    receipt_at: datetime | None = Field(default=None, sa_column=_instant(nullable=True))
    address: str | None = Field(default=None, sa_type=Text)
    subject: str | None = Field(default=None, sa_type=Text)
    body_text: str | None = Field(default=None, sa_type=Text)
    body_html: str | None = Field(default=None, sa_type=Text)
    attachments: list[dict[str, str]] | None = Field(default=None, sa_column=Column(JSONB(none_as_null=True)))


class Attempt(Base, table=True):
    """One attempt to deliver; instants are wall time. Without `finished_at` it is under way, or its worker died."""

    __tablename__ = "attempts"
    __table_args__ = (PrimaryKeyConstraint("message_id", "number"),)

    message_id: UUID = Field(sa_column=Column(Uuid, ForeignKey("messages.message_id"), nullable=False))
    number: int
    started_at: datetime = Field(sa_column=_instant())
    finished_at: datetime | None = Field(default=None, sa_column=_instant(nullable=True))
    outcome: str | None = Field(default=None, sa_type=Text)
    detail: str | None = Field(default=None, sa_type=Text)
    provider: str | None = Field(default=None, sa_type=Text)
    reference: str | None = Field(default=None, sa_type=Text)


class MessageReceipt(Base, table=True):
    """What a provider reported of a message, each kind of report once; `received_at` is business time."""

    __tablename__ = "message_receipts"
    __table_args__ = (PrimaryKeyConstraint("message_id", "kind"),)

    message_id: UUID = Field(sa_column=Column(Uuid, ForeignKey("messages.message_id"), nullable=False))
    kind: str = Field(sa_type=Text)
    provider: str = Field(sa_type=Text)
    detail: str | None = Field(default=None, sa_type=Text)
    received_at: datetime = Field(sa_column=_instant())
