"""Addresses nothing is sent to any more, whoever they belong to."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import TIMESTAMP, Column, Index, Text, Uuid
from sqlmodel import Field

from services.notification.database import Base


class Suppression(Base, table=True):
    """Its id follows from channel and address, so that an address is here once; `source` is a provider or a person."""

    __tablename__ = "suppressions"
    __table_args__ = (
        Index("ix_suppressions_time", "created_at", "suppression_id"),
        Index("ix_suppressions_customer", "customer_id"),
    )

    suppression_id: UUID = Field(sa_column=Column(Uuid, primary_key=True))
    channel: str = Field(sa_type=Text)
    address: str = Field(sa_type=Text)
    reason: str = Field(sa_type=Text)
    source: str = Field(sa_type=Text)
    note: str | None = Field(default=None, sa_type=Text)
    customer_id: UUID | None = Field(default=None, sa_column=Column(Uuid))
    created_at: datetime = Field(sa_column=Column(TIMESTAMP(timezone=True), nullable=False))
