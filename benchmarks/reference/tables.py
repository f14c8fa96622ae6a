"""The tables of the naive services, as SQLModel users would write them."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, BigInteger, Column, DateTime
from sqlmodel import Field, SQLModel


class NaiveInteraction(SQLModel, table=True):
    """An interaction as it was posted; `source` and `source_id` are unique together."""

    __tablename__ = "interaction"

    source: str = Field(primary_key=True)
    source_id: str = Field(primary_key=True)
    kind: str
    customer_id: UUID = Field(index=True)
    occurred_at: datetime = Field(sa_type=DateTime(timezone=True))
    payload: dict[str, Any] = Field(sa_column=Column(JSON))


class NaiveOutbox(SQLModel, table=True):
    """An event to be published later, in the same transaction as what it tells of."""

    __tablename__ = "outbox"

    id: int | None = Field(default=None, primary_key=True)
    topic: str
    key: str
    payload: dict[str, Any] = Field(sa_column=Column(JSON))


class NaiveFact(SQLModel, table=True):
    """An event seen, so that it is not counted again."""

    __tablename__ = "fact"

    event_id: UUID = Field(primary_key=True)
    customer_id: UUID
    kind: str
    amount: int = Field(sa_type=BigInteger)


class NaiveStatistics(SQLModel, table=True):
    """What is known of a customer."""

    __tablename__ = "statistics"

    customer_id: UUID = Field(primary_key=True)
    events: int = 0
    purchases: int = 0
    amount: int = Field(default=0, sa_type=BigInteger)
    first_at: datetime | None = Field(default=None, sa_type=DateTime(timezone=True))
    last_at: datetime | None = Field(default=None, sa_type=DateTime(timezone=True))
