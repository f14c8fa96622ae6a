"""The proof of what customers decided themselves: rows are added and never changed."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import TIMESTAMP, Column, Date, Index, Text, Uuid
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from services.notification.database import Base


class PreferenceChange(Base, table=True):
    """One visit that changed something. Nothing tells from where it came: no address of a machine, no browser.

    `decisions` tells of each channel and purpose what was decided and what had stood; `link` is the fingerprint of the
    link it was decided by, which was made on `link_issued_on` for a message on `link_channel` for `link_purpose`.
    """

    __tablename__ = "preference_changes"
    __table_args__ = (Index("ix_preference_changes_customer", "customer_id", "at", "change_id"),)

    change_id: UUID = Field(sa_column=Column(Uuid, primary_key=True))
    customer_id: UUID = Field(sa_column=Column(Uuid, nullable=False))
    at: datetime = Field(sa_column=Column(TIMESTAMP(timezone=True), nullable=False))
    way: str = Field(sa_type=Text)
    language: str = Field(sa_type=Text)
    link: str = Field(sa_type=Text)
    link_channel: str = Field(sa_type=Text)
    link_purpose: str = Field(sa_type=Text)
    link_issued_on: date = Field(sa_column=Column(Date, nullable=False))
    decisions: list[dict[str, Any]] = Field(sa_column=Column(JSONB, nullable=False))
