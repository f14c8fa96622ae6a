"""A task before it is given, and what is told of one that was. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple, TypedDict
from uuid import UUID

from services.notification.rules.document import Rule, TaskAction
from services.notification.tasks.assigning import Assigned
from services.notification.values import Member, MessagePlan
from shared.contracts.notification import (
    AssigneeKind,
    TaskAssignee,
    TaskClosed,
    TaskCreated,
    TaskPriority,
    TaskState,
    TaskTold,
)
from shared.messaging.outbox import NewEvent

Words = Mapping[str, Mapping[str, str]]
"""`title` and `text` by language."""


class NewTask(NamedTuple):
    """What a decision gives somebody to do; the task has the decision's id, so that there is one for each."""

    task_id: UUID
    plan: MessagePlan
    member: Member
    rule: Rule
    action: TaskAction
    given: Assigned


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskFacts:
    """What every event about a task repeats, as its row holds it."""

    task_id: UUID
    customer_id: UUID
    rule: str
    occasion: str
    title: Mapping[str, str]
    assignee_kind: str
    assignee: str
    priority: str
    due_at: datetime
    created_at: datetime
    caused_by: str | None
    correlation_id: str | None


def titles_of(words: Words) -> dict[str, str]:
    """By language; none of a task whose words were forgotten."""
    return {language: parts["title"] for language, parts in words.items()}


def created(facts: TaskFacts, *, reason: str | None) -> NewEvent:
    return _event(facts, TaskCreated(**_common(facts), reason=reason), facts.created_at)


def closed(facts: TaskFacts, *, state: TaskState, by: str | None, reason: str | None, at: datetime) -> NewEvent:
    return _event(facts, TaskClosed(**_common(facts), state=state, closed_by=by, reason=reason, at=at), at)


def _event(facts: TaskFacts, data: TaskTold, at: datetime) -> NewEvent:
    return NewEvent(data=data, customer_id=facts.customer_id, time=at, correlation_id=facts.correlation_id)


class _Common(TypedDict):
    task_id: UUID
    customer_id: UUID
    rule: str
    occasion: str
    title: dict[str, str]
    assignee: TaskAssignee
    priority: TaskPriority
    due_at: datetime
    created_at: datetime
    caused_by: str | None


def _common(facts: TaskFacts) -> _Common:
    return {
        "task_id": facts.task_id,
        "customer_id": facts.customer_id,
        "rule": facts.rule,
        "occasion": facts.occasion,
        "title": dict(facts.title),
        "assignee": TaskAssignee(kind=AssigneeKind(facts.assignee_kind), id=facts.assignee),
        "priority": TaskPriority(facts.priority),
        "due_at": facts.due_at,
        "created_at": facts.created_at,
        "caused_by": facts.caused_by,
    }
