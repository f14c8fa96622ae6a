"""Flags against customers who break the rules."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import TIMESTAMP, Column, ForeignKey, Index, Text, Uuid
from sqlmodel import Field

from services.customer.database import Base


class AbuseFlag(Base, table=True):
    """Active until `cleared_at` is set; the row stays."""

    __tablename__ = "abuse_flags"
    __table_args__ = (Index("ix_abuse_flags_customer_id", "customer_id", "flag_id"),)

    flag_id: UUID = Field(primary_key=True)
    customer_id: UUID = Field(
        sa_column=Column(Uuid, ForeignKey("customers.customer_id", ondelete="CASCADE"), nullable=False)
    )
    kind: str = Field(sa_type=Text)
    reason: str = Field(sa_type=Text)
    raised_at: datetime = Field(sa_column=Column(TIMESTAMP(timezone=True), nullable=False))
    raised_by: str = Field(sa_type=Text)
    cleared_at: datetime | None = Field(default=None, sa_column=Column(TIMESTAMP(timezone=True)))
    cleared_by: str | None = Field(default=None, sa_type=Text)
    cleared_reason: str | None = Field(default=None, sa_type=Text)
