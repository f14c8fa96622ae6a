"""Tables of what happened, and of the customers it may have happened to."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, Boolean, CheckConstraint, Column, DateTime, Index, text
from sqlmodel import Field

from services.interaction.database import Base

TIMESTAMP = DateTime(timezone=True)


class Interaction(Base, table=True):
    """A row is written once; only `customer_id` is filled in later, when an awaited customer appears.

    The primary key is made from (source, source_id) and is the one index that keeps the pair unique, so the table can
    be partitioned by its hash as it stands. `payload` is the JSON of what its kind tells; what totals are made of
    stands beside it.
    """

    __tablename__ = "interactions"
    __table_args__ = (
        CheckConstraint("(named_id IS NULL) = (named_external_id IS NOT NULL)", name="customer_named_once"),
        CheckConstraint("(named_source IS NULL) = (named_external_id IS NULL)", name="external_name_whole"),
        Index(
            "ix_interactions_timeline",
            "customer_id",
            "occurred_at",
            "interaction_id",
            postgresql_where=text("customer_id IS NOT NULL"),
        ),
        Index(
            "ix_interactions_awaiting", "recorded_at", "interaction_id", postgresql_where=text("customer_id IS NULL")
        ),
        Index("ix_interactions_awaiting_id", "named_id", postgresql_where=text("customer_id IS NULL")),
        Index(
            "ix_interactions_awaiting_external",
            "named_external_id",
            "named_source",
            postgresql_where=text("customer_id IS NULL"),
        ),
    )

    interaction_id: UUID = Field(primary_key=True)
    kind: str
    source: str
    source_id: str
    customer_id: UUID | None = None
    named_id: UUID | None = None
    named_source: str | None = None
    named_external_id: str | None = None
    occurred_at: datetime = Field(sa_type=TIMESTAMP)
    recorded_at: datetime = Field(sa_type=TIMESTAMP)
    channel: str | None = None
    actor: str | None = None
    amount_minor: int | None = Field(default=None, sa_type=BigInteger)
    currency: str | None = None
    payload: bytes


class KnownCustomer(Base, table=True):
    """A customer the customer service told of; `version` is the last one applied."""

    __tablename__ = "known_customers"

    customer_id: UUID = Field(primary_key=True)
    version: int
    key_account: bool = Field(sa_column=Column(Boolean, nullable=False, server_default=text("false")))


class InteractionVoid(Base, table=True):
    """That an interaction was taken back; it may arrive later, and the customer may be known later."""

    __tablename__ = "interaction_voids"

    voided_id: UUID = Field(primary_key=True)
    void_id: UUID = Field(index=True)
    replaced_by: UUID | None = None
    customer_id: UUID | None = None


class ExternalIdClaim(Base, table=True):
    """A customer's identity in another system, since `claimed_at`.

    An identity that moves from one customer to another may be claimed by both for a moment, since their events come in
    any order; the latest claim holds, and the older one goes with its customer's next event.
    """

    __tablename__ = "external_id_claims"
    __table_args__ = (Index(None, "customer_id"),)

    source: str = Field(primary_key=True)
    external_id: str = Field(primary_key=True)
    customer_id: UUID = Field(primary_key=True)
    claimed_at: datetime = Field(sa_type=TIMESTAMP)
