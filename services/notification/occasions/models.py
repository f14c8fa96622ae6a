"""The calendar: for each customer and occasion, which reminder is due next; and the rounds of holidays."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import TIMESTAMP, Boolean, Column, Date, Index, Integer, PrimaryKeyConstraint, Text, Uuid, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlmodel import Field

from services.notification.database import Base


class Occasion(Base, table=True):
    """`next_day` is when it falls next, as the one of `year` in its own calendar; `next_due_at` when it is spoken of,
    `next_lead` days before. `last_year` is the year last decided on.

    `next_due_at` is null when nothing can come: the day was taken back, is over, impossible or lies beyond the calendar
    (`obstacle`). `basis` and `time_zone` are what it was computed from; `subject` is the id of an important date, and
    empty where there is but one of the kind.
    """

    __tablename__ = "occasions"
    __table_args__ = (
        Index("ix_occasions_due", "next_due_at", "customer_id", postgresql_where=text("next_due_at IS NOT NULL")),
        # Few different days, so that one entry of the index stands for many rows: see span.py.
        Index(
            "ix_occasions_day",
            "kind",
            text("(basis ->> 'calendar')"),
            text("((basis ->> 'month')::integer)"),
            text("((basis ->> 'day')::integer)"),
        ),
    )

    customer_id: UUID = Field(sa_column=Column(Uuid, primary_key=True))
    kind: str = Field(sa_column=Column(Text, primary_key=True))
    subject: str = Field(default="", sa_column=Column(Text, primary_key=True, server_default=""))
    next_day: date | None = Field(default=None, sa_column=Column(Date))
    next_due_at: datetime | None = Field(default=None, sa_column=Column(TIMESTAMP(timezone=True)))
    next_lead: int = Field(default=0, sa_column=Column(Integer, nullable=False, server_default="0"))
    year: int | None = Field(default=None, sa_column=Column(Integer))
    last_year: int | None = Field(default=None, sa_column=Column(Integer))
    obstacle: str | None = Field(default=None, sa_type=Text)
    basis: dict[str, Any] | None = Field(default=None, sa_column=Column(JSONB(none_as_null=True)))
    time_zone: str = Field(sa_type=Text)


class FirstPurchase(Base, table=True):
    """When a customer first bought, also before its profile tells in which zone that was a day."""

    __tablename__ = "first_purchases"

    customer_id: UUID = Field(sa_column=Column(Uuid, primary_key=True))
    at: datetime = Field(sa_column=Column(TIMESTAMP(timezone=True), nullable=False))


class HolidayRound(Base, table=True):
    """That everybody in a locality is asked, on one local day of it, what the rules on holidays say to them.

    They are asked in the order of their ids; `after` is whom was asked last, in `portions` portions so far. `topics`
    are what there was to be said: with more, the round begins anew.
    """

    __tablename__ = "holiday_rounds"
    __table_args__ = (
        PrimaryKeyConstraint("day", "time_zone", "region"),
        Index("ix_holiday_rounds_open", "portions", "due_at", postgresql_where=text("NOT done")),
    )

    day: date = Field(sa_column=Column(Date, nullable=False))
    time_zone: str = Field(sa_column=Column(Text, nullable=False))
    region: str = Field(sa_column=Column(Text, nullable=False))
    due_at: datetime = Field(sa_column=Column(TIMESTAMP(timezone=True), nullable=False))
    topics: list[str] = Field(sa_column=Column(ARRAY(Text), nullable=False))
    after: UUID | None = Field(default=None, sa_column=Column(Uuid))
    portions: int = Field(default=0, sa_column=Column(Integer, nullable=False, server_default="0"))
    done: bool = Field(default=False, sa_column=Column(Boolean, nullable=False, server_default=text("false")))
