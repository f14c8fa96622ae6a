"""The journal of customers: rows are added and never changed."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import TIMESTAMP, BigInteger, Column, ForeignKey, Identity, Index, Text, Uuid
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from services.customer.database import Base


class JournalEntry(Base, table=True):
    __tablename__ = "journal_entries"
    __table_args__ = (Index("ix_journal_entries_customer_id", "customer_id", "entry_id"),)

    entry_id: int = Field(sa_column=Column(BigInteger, Identity(always=True), primary_key=True))
    customer_id: UUID = Field(
        sa_column=Column(Uuid, ForeignKey("customers.customer_id", ondelete="CASCADE"), nullable=False)
    )
    subject: str = Field(sa_type=Text)
    before: Any = Field(default=None, sa_column=Column(JSONB(none_as_null=True)))
    after: Any = Field(default=None, sa_column=Column(JSONB(none_as_null=True)))
    reason: str | None = Field(default=None, sa_type=Text)
    changed_at: datetime = Field(sa_column=Column(TIMESTAMP(timezone=True), nullable=False))
    changed_by: str = Field(sa_type=Text)

    def __repr__(self) -> str:
        """Without contents: they are personal data, and rows end up in tracebacks."""
        return f"JournalEntry({self.entry_id}, {self.subject})"

    __str__ = __repr__
