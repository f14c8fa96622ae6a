"""The history of consents: rows are added and never changed, since each is evidence."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import TIMESTAMP, BigInteger, Column, ForeignKey, Identity, Index, Text, UniqueConstraint, Uuid
from sqlmodel import Field

from services.customer.database import Base


class ConsentDecision(Base, table=True):
    __tablename__ = "consent_decisions"
    __table_args__ = (
        Index("ix_consent_decisions_customer_id", "customer_id", "decision_id"),
        # The same decision told twice is one piece of evidence.
        UniqueConstraint(
            "customer_id",
            "channel",
            "purpose",
            "at",
            "granted",
            "proof",
            name="uq_consent_decisions_evidence",
            postgresql_nulls_not_distinct=True,
        ),
    )

    decision_id: int = Field(sa_column=Column(BigInteger, Identity(always=True), primary_key=True))
    customer_id: UUID = Field(
        sa_column=Column(Uuid, ForeignKey("customers.customer_id", ondelete="CASCADE"), nullable=False)
    )
    channel: str = Field(sa_type=Text)
    purpose: str = Field(sa_type=Text)
    granted: bool
    at: datetime = Field(sa_column=Column(TIMESTAMP(timezone=True), nullable=False))
    proof: str | None = Field(default=None, sa_type=Text)
    recorded_at: datetime = Field(sa_column=Column(TIMESTAMP(timezone=True), nullable=False))
    recorded_by: str = Field(sa_type=Text)
