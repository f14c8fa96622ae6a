"""The calendar: for each customer with a birthday, when it is due next."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import TIMESTAMP, Column, Date, Index, Integer, Text, Uuid, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from services.notification.database import Base


class Occasion(Base, table=True):
    """`year` is that of the next occurrence in its own calendar, `last_year` the last one decided on.

    `next_due_at` is null when nothing can come: the birthday was taken back, is impossible or lies beyond the calendar
    (`obstacle`). `birth` and `time_zone` are what it was computed from.
    """

    __tablename__ = "occasions"
    __table_args__ = (
        Index("ix_occasions_due", "next_due_at", "customer_id", postgresql_where=text("next_due_at IS NOT NULL")),
    )

    customer_id: UUID = Field(sa_column=Column(Uuid, primary_key=True))
    kind: str = Field(sa_column=Column(Text, primary_key=True))
    next_day: date | None = Field(default=None, sa_column=Column(Date))
    next_due_at: datetime | None = Field(default=None, sa_column=Column(TIMESTAMP(timezone=True)))
    year: int | None = Field(default=None, sa_column=Column(Integer))
    last_year: int | None = Field(default=None, sa_column=Column(Integer))
    obstacle: str | None = Field(default=None, sa_type=Text)
    birth: dict[str, Any] | None = Field(default=None, sa_column=Column(JSONB(none_as_null=True)))
    time_zone: str = Field(sa_type=Text)
