"""Tasks for staff: who has what to do, until when, and what became of it."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends, Query, status

from services.notification.parameters import DeskDep, Reader, RuleFilter, Writer
from services.notification.tasks import queries, use_cases
from services.notification.tasks.queries import TaskFilter
from services.notification.tasks.schemas import TaskCompletion, TaskDismissal, TaskListed, TaskRead, TaskReassignment
from shared.contracts.common import ShortText
from shared.contracts.notification import AssigneeKind, TaskState
from shared.web.etag import ETagDep, ExpectedVersion
from shared.web.instants import WrittenInstant
from shared.web.pagination import Page, PageDep
from shared.web.routing import SessionDep, api_router

router = api_router(prefix="/v1/tasks", tags=["tasks"])

_CLOSED: dict[int | str, dict[str, Any]] = {status.HTTP_409_CONFLICT: {"description": "it is closed already"}}


async def _filter(
    assignee: Annotated[ShortText | None, Query(description="an employee's id in the business's directory")] = None,
    role: ShortText | None = None,
    state: TaskState | None = None,
    due_before: WrittenInstant | None = None,
    customer_id: UUID | None = None,
    rule: RuleFilter = None,
) -> TaskFilter:
    return TaskFilter(
        assignee=assignee, role=role, state=state, due_before=due_before, customer_id=customer_id, rule=rule
    )


@router.get("")
async def list_tasks(
    session: SessionDep, wanted: Annotated[TaskFilter, Depends(_filter)], page: PageDep, _principal: Reader
) -> Page[TaskListed]:
    """Tasks that match, what is due first, first; `state=open` and `due_before` tell what is late."""
    return await queries.list_tasks(session, wanted, page)


@router.get("/{task_id}")
async def read_task(task_id: UUID, session: SessionDep, etag: ETagDep, _principal: Reader) -> TaskRead:
    """One task with its text and what was done about it; `GET /v1/decisions` tells why it was given."""
    return _tagged(await queries.get_task(session, task_id), etag)


@router.post("/{task_id}/complete", responses=_CLOSED)
async def complete_task(
    task_id: UUID,
    wanted: TaskCompletion,
    expected: ExpectedVersion,
    session: SessionDep,
    desk: DeskDep,
    etag: ETagDep,
    principal: Writer,
) -> TaskRead:
    """Says that it is done."""
    await use_cases.close_task(
        session, task_id, TaskState.DONE, expected=expected, by=principal.subject, note=wanted.note, desk=desk
    )
    return _tagged(await queries.get_task(session, task_id), etag)


@router.post("/{task_id}/dismiss", responses=_CLOSED)
async def dismiss_task(
    task_id: UUID,
    wanted: TaskDismissal,
    expected: ExpectedVersion,
    session: SessionDep,
    desk: DeskDep,
    etag: ETagDep,
    principal: Writer,
) -> TaskRead:
    """Says that it needs no doing, and why."""
    await use_cases.close_task(
        session, task_id, TaskState.DISMISSED, expected=expected, by=principal.subject, note=wanted.note, desk=desk
    )
    return _tagged(await queries.get_task(session, task_id), etag)


@router.post("/{task_id}/reassign", responses=_CLOSED)
async def reassign_task(
    task_id: UUID,
    wanted: TaskReassignment,
    expected: ExpectedVersion,
    session: SessionDep,
    desk: DeskDep,
    etag: ETagDep,
    principal: Writer,
) -> TaskRead:
    """Gives an open task to another employee, or to a role."""
    kind = AssigneeKind.EMPLOYEE if wanted.employee is not None else AssigneeKind.ROLE
    await use_cases.reassign_task(
        session,
        task_id,
        kind,
        wanted.employee or wanted.role or "",
        name=wanted.name,
        expected=expected,
        by=principal.subject,
        note=wanted.note,
        desk=desk,
    )
    return _tagged(await queries.get_task(session, task_id), etag)


def _tagged(task: TaskRead, etag: ETagDep) -> TaskRead:
    etag.set(task.version)
    return task
