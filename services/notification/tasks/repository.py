"""SQL of tasks. The customers' rows are locked by the caller."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from sqlalchemy import Table, bindparam, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.notification.tasks.models import Task, TaskChange
from shared.contracts.notification import TaskState

_TASKS = cast(Table, Task.__table__)  # type: ignore[attr-defined]
_CHANGES = cast(Table, TaskChange.__table__)  # type: ignore[attr-defined]


async def insert_tasks(session: AsyncSession, rows: Sequence[dict[str, Any]]) -> set[UUID]:
    """Keeps those that there are none of yet, and returns their ids."""
    statement = insert(_TASKS).on_conflict_do_nothing().returning(_TASKS.c.task_id)
    return set(await session.scalars(statement, rows))


async def load_open(session: AsyncSession, customer_ids: Collection[UUID]) -> list[Task]:
    """What is open about these customers, by id."""
    query = select(Task).where(col(Task.customer_id).in_(customer_ids), col(Task.state) == TaskState.OPEN.value)
    return list(await session.scalars(query.order_by(col(Task.task_id))))


async def cancel(session: AsyncSession, causes: Mapping[UUID, Any], *, reason: str, at: datetime) -> None:
    """`causes` tells by task what has overtaken it."""
    statement = (
        update(_TASKS)
        .where(_TASKS.c.task_id == bindparam("id_"))
        .values(
            state=TaskState.CANCELLED.value,
            reason=reason,
            cause=bindparam("cause_", type_=_TASKS.c.cause.type),
            closed_at=at,
            version=_TASKS.c.version + 1,
        )
    )
    connection = await session.connection()
    await connection.execute(statement, [{"id_": one, "cause_": cause} for one, cause in causes.items()])


async def empty(session: AsyncSession, customer_ids: Collection[UUID]) -> None:
    """Empties every text kept about these customers; ids, rules, staff and instants stay as the record."""
    mine = select(_TASKS.c.task_id).where(_TASKS.c.customer_id.in_(customer_ids))
    await session.execute(update(_CHANGES).where(_CHANGES.c.task_id.in_(mine)).values(note=None))
    await session.execute(
        update(_TASKS).where(_TASKS.c.customer_id.in_(customer_ids)).values(words={}, note=None, subject=None)
    )
