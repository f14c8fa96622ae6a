"""Print runs: which letters were handed over together."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import TIMESTAMP, Column, Index, Text, Uuid
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from services.notification.database import Base


class PrintRun(Base, table=True):
    """Its letters are the messages whose `provider` and `reference` name it.

    `sender`, `country` and `day` are what stands on each letter, kept so that a file that is fetched again is the same.
    """

    __tablename__ = "print_runs"
    __table_args__ = (Index("ix_print_runs_time", "created_at", "run_id"),)

    run_id: UUID = Field(sa_column=Column(Uuid, primary_key=True))
    created_at: datetime = Field(sa_column=Column(TIMESTAMP(timezone=True), nullable=False))
    created_by: str = Field(sa_type=Text)
    note: str | None = Field(default=None, sa_type=Text)
    provider: str = Field(sa_type=Text)
    sender: list[str] = Field(sa_column=Column(JSONB, nullable=False))
    country: str = Field(sa_type=Text)
    day: date
    letters: int
    cancelled: int
    failed: int
