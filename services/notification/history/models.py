"""What has triggered rules, or could have: kept for a time, so that a rule can be tried on it."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import TIMESTAMP, Column, Index, PrimaryKeyConstraint, Text, Uuid
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from services.notification.database import Base


class TriggerEvent(Base, table=True):
    """An event of a kind that rules may be triggered by; `told` is what conditions may ask of it, and nothing else."""

    __tablename__ = "trigger_events"
    __table_args__ = (
        PrimaryKeyConstraint("customer_id", "event_id"),
        Index("ix_trigger_events_kind", "kind", "recorded_at", "event_id"),
        Index("ix_trigger_events_time", "recorded_at"),
    )

    customer_id: UUID = Field(sa_column=Column(Uuid, nullable=False))
    event_id: str = Field(sa_column=Column(Text, nullable=False))
    kind: str = Field(sa_type=Text)
    occurred_at: datetime = Field(sa_column=Column(TIMESTAMP(timezone=True), nullable=False))
    recorded_at: datetime = Field(sa_column=Column(TIMESTAMP(timezone=True), nullable=False))
    told: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
