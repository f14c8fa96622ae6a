"""Tasks for staff, and what was done about each."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    TIMESTAMP,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    PrimaryKeyConstraint,
    Text,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from services.notification.database import Base


def _instant(*, nullable: bool = False) -> "Column[datetime]":
    return Column(TIMESTAMP(timezone=True), nullable=nullable)


class Task(Base, table=True):
    """What a rule gave an employee or a role to do about a customer; it has the id of its decision, so that there is
    one per (customer, rule, occasion).

    `words` are title and text by language, as they were on the day; they and `note` are emptied on erasure. `reason`
    says why it fell to a role or, of one that was cancelled, why; `cause` is the event that did. `version` rises with
    each change; instants are business time.
    """

    __tablename__ = "tasks"
    __table_args__ = (
        Index("ix_tasks_due", "due_at", "task_id"),
        Index("ix_tasks_assignee", "assignee_kind", "assignee", "due_at", "task_id"),
        Index("ix_tasks_customer", "customer_id", "due_at", "task_id"),
        Index("ix_tasks_open", "due_at", "task_id", postgresql_where=text("state = 'open'")),
        CheckConstraint("state IN ('open', 'done', 'dismissed', 'cancelled')", name="state"),
    )

    task_id: UUID = Field(sa_column=Column(Uuid, ForeignKey("decisions.decision_id"), primary_key=True))
    customer_id: UUID = Field(sa_column=Column(Uuid, nullable=False))
    rule: str = Field(sa_type=Text)
    rule_version: int
    occasion: str = Field(sa_type=Text)
    template: str = Field(sa_type=Text)
    words: dict[str, dict[str, str]] = Field(sa_column=Column(JSONB, nullable=False))
    assignee_kind: str = Field(sa_type=Text)
    assignee: str = Field(sa_type=Text)
    assignee_name: str | None = Field(default=None, sa_type=Text)
    priority: str = Field(sa_type=Text)
    state: str = Field(sa_type=Text)
    reason: str | None = Field(default=None, sa_type=Text)
    cause: dict[str, Any] | None = Field(default=None, sa_column=Column(JSONB(none_as_null=True)))
    happened_at: datetime = Field(sa_column=_instant())
    created_at: datetime = Field(sa_column=_instant())
    due_at: datetime = Field(sa_column=_instant())
    closed_at: datetime | None = Field(default=None, sa_column=_instant(nullable=True))
    closed_by: str | None = Field(default=None, sa_type=Text)
    note: str | None = Field(default=None, sa_type=Text)
    subject: str | None = Field(default=None, sa_type=Text)
    caused_by: str | None = Field(default=None, sa_type=Text)
    correlation_id: str | None = Field(default=None, sa_type=Text)
    version: int = Field(default=1, sa_column=Column(Integer, nullable=False, server_default="1"))


class TaskChange(Base, table=True):
    """What somebody did about a task; added to and never changed, but that a customer's erasure empties its note."""

    __tablename__ = "task_changes"
    __table_args__ = (PrimaryKeyConstraint("task_id", "version"),)

    task_id: UUID = Field(sa_column=Column(Uuid, ForeignKey("tasks.task_id"), nullable=False))
    version: int = Field(sa_column=Column(Integer, nullable=False, autoincrement=False))
    action: str = Field(sa_type=Text)
    at: datetime = Field(sa_column=_instant())
    by: str = Field(sa_type=Text)
    note: str | None = Field(default=None, sa_type=Text)
    from_assignee: str | None = Field(default=None, sa_type=Text)
    to_assignee: str | None = Field(default=None, sa_type=Text)
