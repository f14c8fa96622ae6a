"""Giving out tasks, and closing them: done, dismissed, or overtaken by what happened since."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.notification.audience.use_cases import lock_customers
from services.notification.desk import Desk
from services.notification.local_days import zone_of
from services.notification.tasks import repository
from services.notification.tasks.assigning import due_after
from services.notification.tasks.models import Task, TaskChange
from services.notification.tasks.task import NewTask, TaskFacts, Words, closed, created, titles_of
from services.notification.templates.use_cases import refresh_templates
from services.notification.values import Reason
from shared.contracts.notification import AssigneeKind, TaskState
from shared.errors import Conflict, InvalidInput, NotFound, PreconditionFailed


async def give_tasks(session: AsyncSession, tasks: Sequence[NewTask], *, desk: Desk) -> None:
    """Keeps each task once, with its words, and tells of it. The customers are locked."""
    if not tasks:
        return
    await refresh_templates(session, desk.templates)
    now = desk.clock.now()
    rows = {task.task_id: _row(task, desk, now) for task in tasks}
    new = await repository.insert_tasks(session, list(rows.values()))
    told = [created(facts_of(rows[one]), reason=rows[one]["reason"]) for one in rows if one in new]
    await desk.outbox.append(session, told)


async def cancel_tasks(session: AsyncSession, causes: Mapping[UUID, Mapping[str, str]], *, desk: Desk) -> None:
    """Closes open tasks that an event has overtaken; `causes` tells which by task. The customers are locked."""
    if causes:
        tasks = [await session.get_one(Task, task_id) for task_id in sorted(causes)]
        await _cancel(session, tasks, causes, Reason.CANCELLED, desk)


async def forget_tasks(session: AsyncSession, customer_ids: Collection[UUID], *, desk: Desk) -> None:
    """Closes what is open about these customers and empties every text about them; the customers are locked."""
    if not customer_ids:
        return
    tasks = await repository.load_open(session, customer_ids)
    await _cancel(session, tasks, dict.fromkeys(task.task_id for task in tasks), Reason.ERASED, desk)
    await repository.empty(session, customer_ids)


async def close_task(
    session: AsyncSession, task_id: UUID, state: TaskState, *, expected: int, by: str, note: str | None, desk: Desk
) -> None:
    """Says that a task is done, or needs no doing.

    Raises NotFound, PreconditionFailed (`version_conflict`) for one that was changed since it was read, and Conflict
    (`task_closed`) for one that is closed.
    """
    task = await _lock_open(session, task_id, expected)
    now = desk.clock.now()
    task.state, task.closed_at, task.closed_by, task.note = state.value, now, by, note
    action = "completed" if state is TaskState.DONE else state.value
    _record(session, task, action, at=now, by=by, note=note)
    await desk.outbox.append(session, [closed(facts_of(task.model_dump()), state=state, by=by, reason=None, at=now)])


async def reassign_task(
    session: AsyncSession,
    task_id: UUID,
    kind: AssigneeKind,
    assignee: str,
    *,
    name: str | None,
    expected: int,
    by: str,
    note: str | None,
    desk: Desk,
) -> None:
    """Gives an open task to somebody else. Raises as `close_task` does."""
    task = await _lock_open(session, task_id, expected)
    before = f"{task.assignee_kind}:{task.assignee}"
    task.assignee_kind, task.assignee = kind.value, assignee
    task.assignee_name = name if kind is AssigneeKind.EMPLOYEE else None
    change = _record(session, task, "reassigned", at=desk.clock.now(), by=by, note=note)
    change.from_assignee, change.to_assignee = before, f"{kind.value}:{assignee}"


async def _lock_open(session: AsyncSession, task_id: UUID, expected: int) -> Task:
    task = await session.get(Task, task_id)
    if task is None:
        raise NotFound(f"there is no task {task_id}; GET /v1/tasks lists those there are", code="task_unknown")
    await lock_customers(session, [task.customer_id])
    await session.refresh(task)  # as it is under the lock
    if task.version != expected:
        raise PreconditionFailed(
            f"the task was changed meanwhile and is at version {task.version}; read it again and decide anew",
            code="version_conflict",
            version=task.version,
        )
    if task.state != TaskState.OPEN.value:
        raise Conflict(f"the task is {task.state} already", code="task_closed", state=task.state)
    return task


def _record(session: AsyncSession, task: Task, action: str, *, at: datetime, by: str, note: str | None) -> TaskChange:
    task.version += 1
    change = TaskChange(task_id=task.task_id, version=task.version, action=action, at=at, by=by, note=note)
    session.add(change)
    return change


async def _cancel(
    session: AsyncSession,
    tasks: Sequence[Task],
    causes: Mapping[UUID, Mapping[str, str] | None],
    reason: Reason,
    desk: Desk,
) -> None:
    if not tasks:
        return
    now = desk.clock.now()
    told = [
        closed(facts_of(task.model_dump()), state=TaskState.CANCELLED, by=None, reason=reason.value, at=now)
        for task in tasks
    ]
    await repository.cancel(session, causes, reason=reason.value, at=now)
    await desk.outbox.append(session, told)


def _row(task: NewTask, desk: Desk, now: datetime) -> dict[str, Any]:
    plan, given = task.plan, task.given
    zone = zone_of(task.member.time_zone, default=desk.policy.default_time_zone)
    return {
        "task_id": task.task_id,
        "customer_id": plan.customer_id,
        "rule": plan.rule,
        "rule_version": task.rule.version,
        "occasion": plan.occasion,
        "template": task.action.template,
        "words": _words(task, desk),
        "assignee_kind": given.kind.value,
        "assignee": given.id,
        "assignee_name": given.name,
        "priority": task.action.priority.value,
        "state": TaskState.OPEN.value,
        "reason": given.reason.value if given.reason else None,
        "happened_at": plan.happened_at,
        "created_at": now,
        "due_at": due_after(now, task.action.due_within, zone),
        "subject": plan.subject,
        "caused_by": plan.caused_by,
        "correlation_id": plan.correlation_id,
    }


def _words(task: NewTask, desk: Desk) -> Words:
    """In every language spoken, since it is not known which the employee reads.

    A template that cannot be rendered with these facts shall not cost the business the task: the rule's own description
    then says what it is about, and the fault what is missing.
    """
    words: dict[str, dict[str, str]] = {}
    for language in desk.templates.languages:
        reader = replace(task.member, language=language)
        try:
            content = desk.templates.render(
                task.action.template, member=reader, facts=task.plan.facts, happened_at=task.plan.happened_at
            )
        except InvalidInput as error:
            words[language] = {"title": task.rule.document.description, "text": error.detail}
        else:
            words[language] = {"title": content.subject, "text": content.text}
    return words


def facts_of(row: Mapping[str, Any]) -> TaskFacts:
    """From the columns of a task."""
    kept = {name: row[name] for name in TaskFacts.__dataclass_fields__ if name != "title"}
    return TaskFacts(**kept, title=titles_of(row["words"]))
