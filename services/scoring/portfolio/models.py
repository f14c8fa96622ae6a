"""Table of portfolio snapshots."""

from datetime import datetime
from typing import Any

from sqlalchemy import TIMESTAMP, Column, Identity, Integer
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from services.scoring.database import Base


class StoredPortfolio(Base, table=True):
    """One snapshot, never changed afterwards: scores name it by its version."""

    __tablename__ = "portfolios"

    version: int | None = Field(default=None, sa_column=Column(Integer, Identity(always=True), primary_key=True))
    policy_version: int
    computed_at: datetime = Field(sa_column=Column(TIMESTAMP(timezone=True), nullable=False))
    figures: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
