"""Tables of the feed of changed customers."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import TIMESTAMP, BigInteger, Boolean, Column, Identity, Uuid
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Field

from services.scoring.database import Base


class ChangeFeed(Base, table=True):
    """One row as soon as somebody follows; without it nothing is written down, and a batch costs nothing more."""

    __tablename__ = "change_feed"

    singleton: bool = Field(default=True, primary_key=True)
    opened_at: datetime = Field(sa_column=Column(TIMESTAMP(timezone=True), nullable=False))


class ChangedCustomers(Base, table=True):
    """Whose statistics, told score or profile one transaction wrote; deleted by whoever follows. `silent`: because
    everybody was computed anew, and nobody should be written to because of it."""

    __tablename__ = "changed_customers"

    change_id: int | None = Field(default=None, sa_column=Column(BigInteger, Identity(always=True), primary_key=True))
    customer_ids: list[UUID] = Field(sa_column=Column(ARRAY(Uuid()), nullable=False))
    silent: bool = Field(sa_column=Column(Boolean, nullable=False))
