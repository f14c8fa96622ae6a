"""The tables of messages and of tasks, as the timeline shows them; interactions have their own."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Column, DateTime, Index
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from services.interaction.database import Base


class TimelineMessage(Base, table=True):
    """The last that was told of a message the platform wrote to a customer."""

    __tablename__ = "timeline_messages"
    __table_args__ = (Index(None, "customer_id", "occurred_at", "message_id"),)

    message_id: UUID = Field(primary_key=True)
    customer_id: UUID
    occurred_at: datetime = Field(sa_type=DateTime(timezone=True))
    state: str
    rule: str
    channel: str
    purpose: str
    language: str
    subject: str | None = None
    reason: str | None = None
    caused_by: str | None = None


class TimelineReceipt(Base, table=True):
    """What says most of what became of a message after it was sent; in a table of its own, since it may come first."""

    __tablename__ = "timeline_receipts"

    message_id: UUID = Field(primary_key=True)
    receipt: str
    received_at: datetime = Field(sa_type=DateTime(timezone=True))


class TimelineTask(Base, table=True):
    """What an employee had to do about a customer, and how it ended; it stands where it was given."""

    __tablename__ = "timeline_tasks"
    __table_args__ = (Index(None, "customer_id", "occurred_at", "task_id"),)

    task_id: UUID = Field(primary_key=True)
    customer_id: UUID
    occurred_at: datetime = Field(sa_type=DateTime(timezone=True))
    state: str
    rule: str
    title: dict[str, str] = Field(sa_column=Column(JSONB, nullable=False))
    assignee_kind: str
    assignee: str
    priority: str
    due_at: datetime = Field(sa_type=DateTime(timezone=True))
    closed_at: datetime | None = Field(default=None, sa_type=DateTime(timezone=True))
    closed_by: str | None = None
    caused_by: str | None = None
