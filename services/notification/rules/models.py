"""Tables of rules and of what was done about them."""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    TIMESTAMP,
    BigInteger,
    CheckConstraint,
    Column,
    Identity,
    Index,
    Integer,
    PrimaryKeyConstraint,
    Text,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from services.notification.database import Base


def _instant() -> "Column[datetime]":
    return Column(TIMESTAMP(timezone=True))


class StoredRule(Base, table=True):
    """A version of a rule. Once in force, it never comes to mean something else; `revision`
    counts the changes of a draft.

    """

    __tablename__ = "rules"
    __table_args__ = (
        PrimaryKeyConstraint("name", "version"),
        Index("uq_rules_active", "name", unique=True, postgresql_where=text("state = 'active'")),
        Index("uq_rules_draft", "name", unique=True, postgresql_where=text("state = 'draft'")),
        CheckConstraint("state IN ('draft', 'active', 'retired')", name="state"),
    )

    name: str = Field(sa_column=Column(Text, nullable=False))
    version: int = Field(sa_column=Column(Integer, nullable=False, autoincrement=False))
    document: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
    state: str = Field(sa_type=Text)
    revision: int = Field(default=1, sa_column=Column(Integer, nullable=False, server_default="1"))
    author: str | None = Field(default=None, sa_type=Text)
    reason: str | None = Field(default=None, sa_type=Text)
    created_at: datetime | None = Field(default=None, sa_column=_instant())
    active_from: datetime | None = Field(default=None, sa_column=_instant())
    active_until: datetime | None = Field(default=None, sa_column=_instant())


class RuleChange(Base, table=True):
    """What was done about a rule, by whom and why; nothing is ever changed or taken away."""

    __tablename__ = "rule_changes"
    __table_args__ = (Index("ix_rule_changes_name", "name", "change_id"),)

    change_id: int | None = Field(default=None, sa_column=Column(BigInteger, Identity(always=True), primary_key=True))
    name: str = Field(sa_type=Text)
    version: int
    action: str = Field(sa_type=Text)
    at: datetime = Field(sa_column=Column(TIMESTAMP(timezone=True), nullable=False))
    author: str = Field(sa_type=Text)
    reason: str = Field(sa_type=Text)
    details: dict[str, Any] | None = Field(default=None, sa_column=Column(JSONB(none_as_null=True)))
