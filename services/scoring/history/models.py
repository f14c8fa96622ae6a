"""Table of all scores ever told."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import TIMESTAMP, Column, Index, Integer, Text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlmodel import Field

from services.scoring.database import Base


class ToldInHistory(Base, table=True):
    """One row per score told, never changed, in partitions by customer: most questions are about one of them.

    `as_of` is the instant of the score in business time, `told_at` when it was told by the wall clock. `figures`
    has figures and classes by the names that `score_changed` gives them.
    """

    __tablename__ = "scores_history"
    __table_args__ = (
        Index(
            "ix_scores_history_as_of",
            "as_of",
            postgresql_using="brin",
            postgresql_ops={"as_of": "timestamptz_minmax_multi_ops"},
            postgresql_with={"pages_per_range": 16, "autosummarize": "on"},
        ),
        {"postgresql_partition_by": "HASH (customer_id)"},
    )

    customer_id: UUID = Field(primary_key=True)
    as_of: datetime = Field(sa_column=Column(TIMESTAMP(timezone=True), primary_key=True))
    told_at: datetime = Field(sa_column=Column(TIMESTAMP(timezone=True), primary_key=True))
    policy_version: int = Field(sa_column=Column(Integer, nullable=False))
    model_version: int | None = None
    occasion: str | None = Field(default=None, sa_type=Text)
    changed: list[str] = Field(sa_column=Column(ARRAY(Text), nullable=False))
    figures: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
