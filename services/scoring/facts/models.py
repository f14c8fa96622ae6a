"""Tables of facts and of what is summed up from them; the hot path writes them by its own SQL in `repository`."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import TIMESTAMP, BigInteger, Column, Identity, LargeBinary, SmallInteger, Text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlmodel import Field, SQLModel

from services.scoring.database import Base


class StoredFact(Base, table=True):
    """One row per event, for ever: the primary key is the memory of having seen it. `taken_in_at`: by the wall clock;
    null for those of before it was written down."""

    __tablename__ = "facts"

    customer_id: UUID = Field(primary_key=True)
    event_id: UUID = Field(primary_key=True)
    kind: int = Field(sa_type=SmallInteger)
    occurred_at: datetime = Field(sa_column=Column(TIMESTAMP(timezone=True), nullable=False))
    amount: int | None = Field(default=None, sa_type=BigInteger)
    margin: int | None = Field(default=None, sa_type=BigInteger)
    currency: str | None = Field(default=None, sa_type=Text)
    detail: dict[str, Any] | None = Field(default=None, sa_column=Column(JSONB(none_as_null=True)))
    taken_in_at: datetime | None = Field(default=None, sa_column=Column(TIMESTAMP(timezone=True)))


class StatisticsRow(SQLModel):
    """`packed` holds the whole of the statistics; the columns beside it repeat what models and portfolio aggregate in
    SQL. `memory` is what telling scores remembers of the customer (`scores/memory`)."""

    customer_id: UUID = Field(primary_key=True)
    purchase_days: int = 0
    first_day: int | None = None
    last_day: int | None = None
    margin: int = Field(default=0, sa_type=BigInteger)
    repeat_margin: int = Field(default=0, sa_type=BigInteger)
    returned_margin: int = Field(default=0, sa_type=BigInteger)
    realised: int = Field(default=0, sa_type=BigInteger)
    packed: bytes = Field(sa_type=LargeBinary)
    memory: bytes | None = Field(default=None, sa_type=LargeBinary)


class CustomerStatistics(StatisticsRow, Base, table=True):
    """The hot row of a customer: rewritten with every batch that names them.

    No index covers a changing column and pages keep room, so that PostgreSQL updates in place (HOT).
    """

    __tablename__ = "customer_statistics"
    __table_args__ = ({"postgresql_with": {"fillfactor": "70"}},)


class ReplayedStatistics(StatisticsRow, Base, table=True):
    """The same made anew from the facts by a replay; with its switch both tables change names. Empty otherwise."""

    __tablename__ = "replayed_statistics"
    __table_args__ = ({"postgresql_with": {"fillfactor": "70"}},)


class KnownCustomer(Base, table=True):
    """What the customer service says of a customer; facts may arrive before it, and it before any fact."""

    __tablename__ = "known_customers"

    customer_id: UUID = Field(primary_key=True)
    version: int
    kind: str = Field(sa_type=Text)
    profile: list[Any] | None = Field(default=None, sa_column=Column(JSONB(none_as_null=True)))
    registered_at: datetime = Field(sa_column=Column(TIMESTAMP(timezone=True), nullable=False))


class AppliedBatch(Base, table=True):
    """What one transaction added, so that totals need no count over all facts and workers share no row.

    `latencies` counts events by the time from being recorded to being scored; older rows are folded into one.
    """

    __tablename__ = "applied_batches"

    batch_id: int | None = Field(default=None, sa_column=Column(BigInteger, Identity(always=True), primary_key=True))
    applied_at: datetime = Field(sa_column=Column(TIMESTAMP(timezone=True), nullable=False))
    facts: int = Field(sa_type=BigInteger)
    customers: int = Field(sa_type=BigInteger)
    known_customers: int = Field(sa_type=BigInteger)
    last_occurred_at: datetime | None = Field(default=None, sa_column=Column(TIMESTAMP(timezone=True)))
    latencies: list[int] = Field(sa_column=Column(ARRAY(BigInteger), nullable=False))
