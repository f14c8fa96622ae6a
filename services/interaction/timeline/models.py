"""The table of messages, as the timeline shows them; interactions have their own."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import DateTime, Index
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
