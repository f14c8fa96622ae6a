"""Table of what customers were, one version after another."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import TIMESTAMP, Column
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from services.scoring.database import Base


class ProfileVersion(Base, table=True):
    """Each version that was told, of what scoring has to know. `changed_at`: since when it holds, in business
    time; `taken_in_at`: by the wall clock, null for those of before it was written down."""

    __tablename__ = "profile_history"

    customer_id: UUID = Field(primary_key=True)
    version: int = Field(primary_key=True)
    changed_at: datetime = Field(sa_column=Column(TIMESTAMP(timezone=True), nullable=False))
    taken_in_at: datetime | None = Field(default=None, sa_column=Column(TIMESTAMP(timezone=True)))
    profile: list[Any] = Field(sa_column=Column(JSONB, nullable=False))
