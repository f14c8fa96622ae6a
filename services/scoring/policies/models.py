"""Tables of policies and of what was decided about them."""

from datetime import datetime
from typing import Any

from sqlalchemy import TIMESTAMP, BigInteger, Boolean, CheckConstraint, Column, Identity, Index, Integer, Text, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from services.scoring.database import Base
from services.scoring.policies.states import State


class StoredPolicy(Base, table=True):
    """A document and its state. Once in force, a version never comes to mean something else.

    `first_used_at`: since when it is in force, `retired_at`: until when. `revision` counts the changes of a draft.
    """

    __tablename__ = "policies"
    __table_args__ = (
        Index("uq_policies_active", "state", unique=True, postgresql_where=text("state = 'active'")),
        Index("uq_policies_scheduled", "state", unique=True, postgresql_where=text("state = 'scheduled'")),
        CheckConstraint("state IN ('draft', 'simulated', 'scheduled', 'active', 'retired', 'discarded')", name="state"),
    )

    version: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    document: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
    state: State = Field(sa_column=Column(Text, nullable=False, server_default=text("'active'")))
    revision: int = Field(default=1, sa_column=Column(Integer, nullable=False, server_default=text("1")))
    base_version: int | None = None
    author: str | None = Field(default=None, sa_type=Text)
    reason: str | None = Field(default=None, sa_type=Text)
    created_at: datetime | None = Field(default=None, sa_column=Column(TIMESTAMP(timezone=True)))
    activate_at: datetime | None = Field(default=None, sa_column=Column(TIMESTAMP(timezone=True)))
    first_used_at: datetime | None = Field(default=None, sa_column=Column(TIMESTAMP(timezone=True)))
    retired_at: datetime | None = Field(default=None, sa_column=Column(TIMESTAMP(timezone=True)))
    silent: bool = Field(default=False, sa_column=Column(Boolean, nullable=False, server_default=text("false")))


class PolicyDecision(Base, table=True):
    """What was done about a policy, by whom and why; nothing is ever changed or taken away."""

    __tablename__ = "policy_decisions"
    __table_args__ = (Index("ix_policy_decisions_version", "version", "decision_id"),)

    decision_id: int | None = Field(default=None, sa_column=Column(BigInteger, Identity(always=True), primary_key=True))
    version: int
    action: str = Field(sa_type=Text)
    decided_at: datetime = Field(sa_column=Column(TIMESTAMP(timezone=True), nullable=False))
    decided_by: str | None = Field(default=None, sa_type=Text)
    reason: str | None = Field(default=None, sa_type=Text)
    details: dict[str, Any] | None = Field(default=None, sa_column=Column(JSONB(none_as_null=True)))
