"""Tables of complaint cases."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, Column, DateTime, Index, Integer, text
from sqlmodel import Field

from services.interaction.database import Base

TIMESTAMP = DateTime(timezone=True)


class Complaint(Base, table=True):
    """A case: what the steps of its life come to."""

    __tablename__ = "complaints"
    __table_args__ = (
        Index(None, "started_at", "complaint_id"),
        Index("ix_complaints_open", "started_at", "complaint_id", postgresql_where=text("state = 'open'")),
        Index(None, "customer_id", "started_at", "complaint_id"),
        Index("ix_complaints_due", "resolve_by", postgresql_where=text("state = 'open'")),
    )

    complaint_id: UUID = Field(primary_key=True)
    source: str
    case_name: str
    state: str
    customer_id: UUID | None = None
    started_at: datetime = Field(sa_type=TIMESTAMP)
    opening_id: UUID | None = None
    opened_at: datetime | None = Field(default=None, sa_type=TIMESTAMP)
    # Written by the release before this one; to be dropped with the next.
    opening_customer_id: UUID | None = None
    severity: str | None = None
    category: str | None = None
    description: str | None = None
    resolution_id: UUID | None = None
    resolved_at: datetime | None = Field(default=None, sa_type=TIMESTAMP)
    resolution_customer_id: UUID | None = None
    outcome: str | None = None
    compensation_minor: int | None = Field(default=None, sa_type=BigInteger)
    compensation_currency: str | None = None
    openings: int
    resolutions: int
    department: str | None = None
    handler: str | None = None
    cause: str | None = None
    green_channel: bool | None = None
    respond_by: datetime | None = Field(default=None, sa_type=TIMESTAMP)
    responded_at: datetime | None = Field(default=None, sa_type=TIMESTAMP)
    resolve_by: datetime | None = Field(default=None, sa_type=TIMESTAMP)
    resolved_seconds: int | None = Field(default=None, sa_type=BigInteger)
    followed_up_at: datetime | None = Field(default=None, sa_type=TIMESTAMP)
    satisfied: bool | None = None
    follow_up_score: int | None = None
    closed_at: datetime | None = Field(default=None, sa_type=TIMESTAMP)
    reopened_at: datetime | None = Field(default=None, sa_type=TIMESTAMP)
    reopenings: int = Field(sa_column=Column(Integer, nullable=False, server_default=text("0")))


class ComplaintFact(Base, table=True):
    """Every step of a case, also those it does not show, and those taken back."""

    __tablename__ = "complaint_facts"

    complaint_id: UUID = Field(primary_key=True)
    interaction_id: UUID = Field(primary_key=True)
    kind: str
    occurred_at: datetime = Field(sa_type=TIMESTAMP)
