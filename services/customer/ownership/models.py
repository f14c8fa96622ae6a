"""Handovers: a row per change of hands."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import TIMESTAMP, Column, ForeignKey, Index, Text, Uuid, text
from sqlmodel import Field

from services.customer.database import Base


def _instant(*, nullable: bool = False) -> "Column[datetime]":
    return Column(TIMESTAMP(timezone=True), nullable=nullable)


class Handover(Base, table=True):
    """Open until `completed_at` is set; staff and contacts are named by their ids."""

    __tablename__ = "handovers"
    __table_args__ = (
        Index("ix_handovers_customer_id", "customer_id", "handover_id"),
        Index("ix_handovers_open", "due_at", "handover_id", postgresql_where=text("completed_at IS NULL")),
    )

    handover_id: UUID = Field(primary_key=True)
    customer_id: UUID = Field(
        sa_column=Column(Uuid, ForeignKey("customers.customer_id", ondelete="CASCADE"), nullable=False)
    )
    reason: str = Field(sa_type=Text)
    from_owner_id: str | None = Field(default=None, sa_type=Text)
    to_owner_id: str | None = Field(default=None, sa_type=Text)
    from_contact_id: UUID | None = None
    to_contact_id: UUID | None = None
    opened_at: datetime = Field(sa_column=_instant())
    opened_by: str = Field(sa_type=Text)
    due_at: datetime = Field(sa_column=_instant())
    completed_at: datetime | None = Field(default=None, sa_column=_instant(nullable=True))
    completed_by: str | None = Field(default=None, sa_type=Text)
    note: str | None = Field(default=None, sa_type=Text)
