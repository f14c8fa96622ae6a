"""Reading tasks."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.notification.tasks import repository
from services.notification.tasks.models import Task, TaskChange
from services.notification.tasks.schemas import AssigneeRead, TaskChangeRead, TaskListed, TaskRead
from services.notification.tasks.task import titles_of
from shared.contracts.notification import AssigneeKind, TaskState
from shared.errors import NotFound
from shared.web.pagination import Page, PageParams, decode_cursor, encode_cursor


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskFilter:
    """All that is given must hold; `assignee` is an employee's id."""

    assignee: str | None = None
    role: str | None = None
    state: TaskState | None = None
    due_before: datetime | None = None
    customer_id: UUID | None = None
    rule: str | None = None


async def list_tasks(session: AsyncSession, wanted: TaskFilter, page: PageParams) -> Page[TaskListed]:
    """What is due first, first."""
    place = (col(Task.due_at), col(Task.task_id))
    query = select(Task).where(*_conditions(wanted))
    if page.cursor is not None:
        query = query.where(tuple_(*place) > tuple_(*decode_cursor(page.cursor, datetime, UUID)))
    rows = (await session.scalars(query.order_by(*place).limit(page.limit + 1))).all()
    items = [TaskListed.model_validate(_shown(row)) for row in rows[: page.limit]]
    more = len(rows) > page.limit
    return Page(items=items, next_cursor=encode_cursor(items[-1].due_at, items[-1].task_id) if more else None)


async def get_task(session: AsyncSession, task_id: UUID) -> TaskRead:
    """Raises NotFound."""
    task = await session.get(Task, task_id)
    if task is None:
        raise NotFound(f"there is no task {task_id}; GET /v1/tasks lists those there are", code="task_unknown")
    changes = await session.scalars(select(TaskChange).filter_by(task_id=task_id).order_by("version"))
    text = {language: parts["text"] for language, parts in task.words.items()}
    shown = [TaskChangeRead.model_validate(change) for change in changes]
    return TaskRead.model_validate(_shown(task) | {"text": text, "changes": shown})


async def find_open_tasks(session: AsyncSession, customer_ids: Collection[UUID]) -> list[Task]:
    """What is open about these customers, who are locked."""
    return await repository.load_open(session, customer_ids)


def _conditions(wanted: TaskFilter) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    for kind, assignee in ((AssigneeKind.EMPLOYEE, wanted.assignee), (AssigneeKind.ROLE, wanted.role)):
        if assignee is not None:
            conditions += [col(Task.assignee_kind) == kind.value, col(Task.assignee) == assignee]
    if wanted.state is not None:
        conditions.append(col(Task.state) == wanted.state.value)
    if wanted.due_before is not None:
        conditions.append(col(Task.due_at) < wanted.due_before)
    if wanted.customer_id is not None:
        conditions.append(col(Task.customer_id) == wanted.customer_id)
    if wanted.rule is not None:
        conditions.append(col(Task.rule) == wanted.rule)
    return conditions


def _shown(task: Task) -> dict[str, Any]:
    assignee = AssigneeRead(kind=AssigneeKind(task.assignee_kind), id=task.assignee, name=task.assignee_name)
    return task.model_dump() | {"title": titles_of(task.words), "assignee": assignee}
