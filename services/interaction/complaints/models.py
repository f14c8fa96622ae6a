"""Tables of complaint cases."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, DateTime, Index, text
from sqlmodel import Field

from services.interaction.database import Base

TIMESTAMP = DateTime(timezone=True)


class Complaint(Base, table=True):
    """A case: its first opening and its last resolution."""

    __tablename__ = "complaints"
    __table_args__ = (
        Index(None, "started_at", "complaint_id"),
        Index("ix_complaints_open", "started_at", "complaint_id", postgresql_where=text("state = 'open'")),
        Index(None, "customer_id", "started_at", "complaint_id"),
    )

    complaint_id: UUID = Field(primary_key=True)
    source: str
    case_name: str
    state: str
    customer_id: UUID | None = None
    started_at: datetime = Field(sa_type=TIMESTAMP)
    opening_id: UUID | None = None
    opened_at: datetime | None = Field(default=None, sa_type=TIMESTAMP)
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


class ComplaintFact(Base, table=True):
    """Every opening and resolution of a case, also those it does not show."""

    __tablename__ = "complaint_facts"

    complaint_id: UUID = Field(primary_key=True)
    interaction_id: UUID = Field(primary_key=True)
    kind: str
    occurred_at: datetime = Field(sa_type=TIMESTAMP)
