"""Projections of what other services say: the customers to write to, their scores, segments and complaints."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import TIMESTAMP, BigInteger, Boolean, Column, Float, Index, PrimaryKeyConstraint, Text, Uuid, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlmodel import Field

from services.notification.audience.localities import REGION
from services.notification.database import Base


class Customer(Base, table=True):
    """One row per customer ever heard of, also before the profile comes and after it is erased.

    Its lock orders everything that happens to the customer here: decisions, occasions, deliveries and erasure. `staff`
    are those who look after it, by what they are to it: `owner`, `backup_owner`.
    """

    __tablename__ = "customers"
    __table_args__ = (
        Index(
            "ix_customers_locality", "time_zone", text(REGION), "customer_id", postgresql_where=text("state = 'known'")
        ),
    )

    customer_id: UUID = Field(sa_column=Column(Uuid, primary_key=True))
    state: str = Field(sa_type=Text)
    version: int = Field(sa_column=Column(BigInteger, nullable=False))
    is_person: bool
    display_name: str = Field(sa_type=Text)
    given_name: str | None = Field(default=None, sa_type=Text)
    language: str = Field(sa_type=Text)
    time_zone: str = Field(sa_type=Text)
    email: str | None = Field(default=None, sa_type=Text)
    addresses: dict[str, str] = Field(sa_column=Column(JSONB, nullable=False, server_default=text("'{}'::jsonb")))
    granted: list[str] = Field(sa_column=Column(ARRAY(Text), nullable=False, server_default=text("'{}'::text[]")))
    changed_at: datetime | None = Field(default=None, sa_column=Column(TIMESTAMP(timezone=True)))
    traits: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False, server_default=text("'{}'::jsonb")))
    do_not_disturb: dict[str, Any] | None = Field(default=None, sa_column=Column(JSONB(none_as_null=True)))
    is_deceased: bool = Field(default=False, sa_column=Column(Boolean, nullable=False, server_default=text("false")))
    staff: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False, server_default=text("'{}'::jsonb")))


class Score(Base, table=True):
    __tablename__ = "scores"

    customer_id: UUID = Field(sa_column=Column(Uuid, primary_key=True))
    as_of: datetime = Field(sa_column=Column(TIMESTAMP(timezone=True), nullable=False))
    loyalty_level: str = Field(sa_type=Text)
    lifecycle_stage: str = Field(sa_type=Text)
    abc_class: str | None = Field(default=None, sa_type=Text)
    probability_active: float | None = Field(default=None, sa_column=Column(Float))
    figures: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False, server_default=text("'{}'::jsonb")))


class Complaint(Base, table=True):
    """Opening and resolution are kept side by side, so that either may come first."""

    __tablename__ = "complaints"
    __table_args__ = (PrimaryKeyConstraint("customer_id", "source", "case"),)

    customer_id: UUID = Field(sa_column=Column(Uuid, nullable=False))
    source: str = Field(sa_type=Text)
    case: str = Field(sa_type=Text)
    severity: str | None = Field(default=None, sa_type=Text)
    opened_at: datetime | None = Field(default=None, sa_column=Column(TIMESTAMP(timezone=True)))
    resolved_at: datetime | None = Field(default=None, sa_column=Column(TIMESTAMP(timezone=True)))


class OwnDecision(Base, table=True):
    """What a customer decided here itself, the latest per channel and purpose: it stands until a later word is told."""

    __tablename__ = "own_decisions"
    __table_args__ = (PrimaryKeyConstraint("customer_id", "channel", "purpose"),)

    customer_id: UUID = Field(sa_column=Column(Uuid, nullable=False))
    channel: str = Field(sa_type=Text)
    purpose: str = Field(sa_type=Text)
    granted: bool
    at: datetime = Field(sa_column=Column(TIMESTAMP(timezone=True), nullable=False))


class Membership(Base, table=True):
    """Whether a customer belongs to a segment, as last told. Who left is kept: an older word changes nothing."""

    __tablename__ = "memberships"
    __table_args__ = (PrimaryKeyConstraint("customer_id", "segment_id"),)

    customer_id: UUID = Field(sa_column=Column(Uuid, nullable=False))
    segment_id: UUID = Field(sa_column=Column(Uuid, nullable=False))
    inside: bool
    as_of: datetime = Field(sa_column=Column(TIMESTAMP(timezone=True), nullable=False))
