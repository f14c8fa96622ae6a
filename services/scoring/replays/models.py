"""Tables of replays: how far each is, and what it found to differ. What it rebuilds is in `replayed_statistics`."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import TIMESTAMP, BigInteger, Column, Index, Text, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from services.scoring.database import Base
from services.scoring.replays.progress import State, Verdict


class Replay(Base, table=True):
    """One rebuilding of everybody, worked on by one worker at a time: `leased_until` passes when that worker has died.

    `done` counts customers rebuilt, `told` those whose score was told anew after the switch; `policy_version` is of
    the policy that counts the facts.
    """

    __tablename__ = "replays"
    __table_args__ = (
        Index("uq_replays_open", text("(true)"), unique=True, postgresql_where=text("finished_at IS NULL")),
    )

    replay_id: UUID = Field(primary_key=True)
    state: State = Field(sa_column=Column(Text, nullable=False))
    requested_at: datetime = Field(sa_column=Column(TIMESTAMP(timezone=True), nullable=False))
    requested_by: str = Field(sa_type=Text)
    reason: str = Field(sa_type=Text)
    silent: bool = False
    policy_version: int | None = None
    started_at: datetime | None = Field(default=None, sa_column=Column(TIMESTAMP(timezone=True)))
    rebuilt_at: datetime | None = Field(default=None, sa_column=Column(TIMESTAMP(timezone=True)))
    switched_at: datetime | None = Field(default=None, sa_column=Column(TIMESTAMP(timezone=True)))
    finished_at: datetime | None = Field(default=None, sa_column=Column(TIMESTAMP(timezone=True)))
    leased_until: datetime | None = Field(default=None, sa_column=Column(TIMESTAMP(timezone=True)))
    customers: int = Field(sa_type=BigInteger)
    done: int = Field(default=0, sa_type=BigInteger)
    told: int = Field(default=0, sa_type=BigInteger)
    after_customer: UUID | None = None


class ReplayDifference(Base, table=True):
    """A customer in whom both sides differ: per field what is in use and what was rebuilt. `mended`: since the switch
    their score is told and listed as the rebuilt figures have it."""

    __tablename__ = "replay_differences"

    replay_id: UUID = Field(primary_key=True)
    customer_id: UUID = Field(primary_key=True)
    verdict: Verdict = Field(sa_column=Column(Text, nullable=False))
    fields: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
    mended: bool = False
