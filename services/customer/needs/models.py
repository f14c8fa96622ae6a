"""What customers need, and how they stand (SWOT)."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import TIMESTAMP, Column, ForeignKey, Index, Text, Uuid
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Field

from services.customer.database import Base


def _instant() -> "Column[datetime]":
    return Column(TIMESTAMP(timezone=True), nullable=False)


def _texts() -> "Column[list[str]]":
    return Column(ARRAY(Text), nullable=False)


class Need(Base, table=True):
    """A need of a customer, or of one of its contacts; it stays when it is met or dropped."""

    __tablename__ = "needs"
    __table_args__ = (Index("ix_needs_customer_id", "customer_id", "need_id"),)

    need_id: UUID = Field(primary_key=True)
    customer_id: UUID = Field(
        sa_column=Column(Uuid, ForeignKey("customers.customer_id", ondelete="CASCADE"), nullable=False)
    )
    contact_id: UUID | None = Field(
        default=None, sa_column=Column(Uuid, ForeignKey("contacts.contact_id", ondelete="CASCADE"), index=True)
    )
    version: int
    kind: str = Field(sa_type=Text)
    status: str = Field(sa_type=Text)
    description: str = Field(sa_type=Text)
    category: str | None = Field(default=None, sa_type=Text)
    evidence: str | None = Field(default=None, sa_type=Text)
    added_at: datetime = Field(sa_column=_instant())
    added_by: str = Field(sa_type=Text)
    changed_at: datetime = Field(sa_column=_instant())


class SwotAnalysis(Base, table=True):
    """One version of how an account stands; the highest is the present one, the others are its history."""

    __tablename__ = "swot_analyses"

    customer_id: UUID = Field(
        sa_column=Column(Uuid, ForeignKey("customers.customer_id", ondelete="CASCADE"), primary_key=True)
    )
    version: int = Field(primary_key=True)
    strengths: list[str] = Field(sa_column=_texts())
    weaknesses: list[str] = Field(sa_column=_texts())
    opportunities: list[str] = Field(sa_column=_texts())
    threats: list[str] = Field(sa_column=_texts())
    written_at: datetime = Field(sa_column=_instant())
    written_by: str = Field(sa_type=Text)
