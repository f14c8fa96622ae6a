"""Contacts of organisations."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import TIMESTAMP, Column, ForeignKey, Index, Text, Uuid, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from services.customer.database import Base


def _json_list() -> "Column[Any]":
    return Column(JSONB, nullable=False)


class Contact(Base, table=True):
    """A row stays when the contact leaves. One of the active ones may be the main contact."""

    __tablename__ = "contacts"
    __table_args__ = (
        Index("ix_contacts_customer_id", "customer_id", "contact_id"),
        Index("uq_contacts_main", "customer_id", unique=True, postgresql_where=text("main")),
    )

    contact_id: UUID = Field(primary_key=True)
    customer_id: UUID = Field(
        sa_column=Column(Uuid, ForeignKey("customers.customer_id", ondelete="CASCADE"), nullable=False)
    )
    version: int
    given_name: str | None = Field(default=None, sa_type=Text)
    family_name: str | None = Field(default=None, sa_type=Text)
    full_name: str | None = Field(default=None, sa_type=Text)
    display_name: str = Field(sa_type=Text)
    role: str = Field(sa_type=Text)
    position: str | None = Field(default=None, sa_type=Text)
    main: bool
    language: str | None = Field(default=None, sa_type=Text)
    birthday: dict[str, Any] | None = Field(default=None, sa_column=Column(JSONB(none_as_null=True)))
    contact_points: list[dict[str, Any]] = Field(sa_column=_json_list())
    important_dates: list[dict[str, Any]] = Field(sa_column=_json_list())
    note: str | None = Field(default=None, sa_type=Text)
    left_at: datetime | None = Field(default=None, sa_column=Column(TIMESTAMP(timezone=True)))
    left_reason: str | None = Field(default=None, sa_type=Text)
    added_at: datetime = Field(sa_column=Column(TIMESTAMP(timezone=True), nullable=False))
    changed_at: datetime = Field(sa_column=Column(TIMESTAMP(timezone=True), nullable=False))

    def __repr__(self) -> str:
        """Without contents: they are personal data, and rows end up in tracebacks."""
        return f"Contact({self.contact_id}, version={self.version})"

    __str__ = __repr__
