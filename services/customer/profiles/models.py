"""Tables of the customer records, their identities elsewhere, and what scoring says of them."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import TIMESTAMP, Boolean, Column, ForeignKey, Index, Integer, Text, Uuid, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlmodel import Field

from services.customer.database import Base


def _instant() -> "Column[datetime]":
    return Column(TIMESTAMP(timezone=True), nullable=False)


def _json() -> "Column[Any]":
    return Column(JSONB, nullable=False)


def _json_list() -> "Column[Any]":
    return Column(JSONB, nullable=False, server_default=text("'[]'::jsonb"))


def _json_or_null() -> "Column[Any]":
    return Column(JSONB(none_as_null=True))


def _flag() -> "Column[bool]":
    return Column(Boolean, nullable=False, server_default=text("false"))


def _count() -> "Column[int]":
    return Column(Integer, nullable=False, server_default=text("0"))


class Customer(Base, table=True):
    """One row holds the whole profile, since it is read, compared and published as a whole.

    Lists run over the primary key, newest first; the indexes serve the filters that are rare enough to need one.
    """

    __tablename__ = "customers"
    __table_args__ = (
        Index("ix_customers_lifecycle", "lifecycle", "customer_id"),
        Index("ix_customers_region", "region", "customer_id"),
        Index("ix_customers_tags", "tags", postgresql_using="gin"),
        Index(
            "ix_customers_search_text",
            "search_text",
            postgresql_using="gin",
            postgresql_ops={"search_text": "gin_trgm_ops"},
        ),
        Index("ix_customers_owner_id", "owner_id", "customer_id", postgresql_where=text("owner_id IS NOT NULL")),
        Index("ix_customers_accounts", "customer_id", postgresql_where=text("kind = 'organisation'")),
    )

    customer_id: UUID = Field(primary_key=True)
    version: int
    kind: str = Field(sa_type=Text)
    lifecycle: str = Field(sa_type=Text)
    given_name: str | None = Field(default=None, sa_type=Text)
    family_name: str | None = Field(default=None, sa_type=Text)
    full_name: str | None = Field(default=None, sa_type=Text)
    organisation_name: str | None = Field(default=None, sa_type=Text)
    display_name: str = Field(sa_type=Text)
    language: str = Field(sa_type=Text)
    time_zone: str = Field(sa_type=Text)
    region: str | None = Field(default=None, sa_type=Text)
    birthday: dict[str, Any] | None = Field(default=None, sa_column=_json_or_null())
    contact_points: list[dict[str, Any]] = Field(sa_column=_json())
    consents: list[dict[str, Any]] = Field(sa_column=_json())
    tags: list[str] = Field(sa_column=Column(ARRAY(Text), nullable=False))
    custom_attributes: dict[str, Any] = Field(sa_column=_json())
    search_text: str = Field(sa_type=Text)
    registered_at: datetime = Field(sa_column=_instant())
    changed_at: datetime = Field(sa_column=_instant())
    gender: str | None = Field(default=None, sa_type=Text)
    occupation: str | None = Field(default=None, sa_type=Text)
    industry: str | None = Field(default=None, sa_type=Text)
    income_band: str | None = Field(default=None, sa_type=Text)
    interests: list[str] = Field(sa_column=Column(ARRAY(Text), nullable=False, server_default=text("'{}'::text[]")))
    acquisition_source: str | None = Field(default=None, sa_type=Text)
    do_not_disturb: dict[str, Any] | None = Field(default=None, sa_column=_json_or_null())
    deceased: bool = Field(sa_column=_flag())
    key_account: bool = Field(sa_column=_flag())
    owner_id: str | None = Field(default=None, sa_type=Text)
    owner: dict[str, Any] | None = Field(default=None, sa_column=_json_or_null())
    backup_owner: dict[str, Any] | None = Field(default=None, sa_column=_json_or_null())
    important_dates: list[dict[str, Any]] = Field(sa_column=_json_list())
    wallet: list[dict[str, Any]] = Field(sa_column=_json_list())
    contacts: list[dict[str, Any]] = Field(sa_column=_json_list())
    active_contacts: int = Field(sa_column=_count())
    executive_contacts: int = Field(sa_column=_count())
    contacts_left: int = Field(sa_column=_count())
    main_contact_left_at: datetime | None = Field(default=None, sa_column=Column(TIMESTAMP(timezone=True)))
    abuse_flags_active: int = Field(sa_column=_count())
    abuse_flags_total: int = Field(sa_column=_count())

    def __repr__(self) -> str:
        """Without contents: they are personal data, and rows end up in tracebacks."""
        return f"Customer({self.customer_id}, version={self.version})"

    __str__ = __repr__


class ExternalIdentity(Base, table=True):
    """Who a customer is in another system; one pair belongs to one customer."""

    __tablename__ = "external_ids"

    source: str = Field(sa_type=Text, primary_key=True)
    external_id: str = Field(sa_type=Text, primary_key=True)
    customer_id: UUID = Field(
        sa_column=Column(Uuid, ForeignKey("customers.customer_id", ondelete="CASCADE"), nullable=False, index=True)
    )


class CustomerScore(Base, table=True):
    """What scoring said last, apart from the customer's row: scores change often and are no change of the profile."""

    __tablename__ = "customer_scores"
    __table_args__ = (
        Index("ix_customer_scores_abc_class", "abc_class", "customer_id"),
        Index("ix_customer_scores_lifecycle_stage", "lifecycle_stage", "customer_id"),
    )

    customer_id: UUID = Field(primary_key=True)
    abc_class: str | None = Field(default=None, sa_type=Text)
    lifecycle_stage: str = Field(sa_type=Text)
    loyalty_level: str = Field(sa_type=Text)
    as_of: datetime = Field(sa_column=_instant())
