"""What all workers know together of each provider: whether it works, and how much it may be sent."""

from datetime import datetime

from sqlalchemy import TIMESTAMP, Column, Float, Text
from sqlmodel import Field

from services.notification.database import Base


class ProviderState(Base, table=True):
    """One row per provider that ever failed or has a rate; instants are wall time.

    `tokens` are the messages that may still be sent at once, as of `refilled_at`.
    """

    __tablename__ = "provider_states"

    provider: str = Field(sa_column=Column(Text, primary_key=True))
    failures: int = 0
    openings: int = 0
    open_until: datetime | None = Field(default=None, sa_column=Column(TIMESTAMP(timezone=True)))
    problem: str | None = Field(default=None, sa_type=Text)
    changed_at: datetime = Field(sa_column=Column(TIMESTAMP(timezone=True), nullable=False))
    tokens: float | None = Field(default=None, sa_column=Column(Float))
    refilled_at: datetime | None = Field(default=None, sa_column=Column(TIMESTAMP(timezone=True)))
