"""Something that an employee has to do about a customer, as the customer's timeline knows it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """It stands where it was given, `occurred_at`, whatever becomes of it. `title` is by language."""

    task_id: UUID
    customer_id: UUID
    occurred_at: datetime
    state: str
    rule: str
    title: dict[str, str]
    assignee_kind: str
    assignee: str
    priority: str
    due_at: datetime
    closed_at: datetime | None
    closed_by: str | None
    caused_by: str | None


def as_they_ended(tasks: Iterable[Task]) -> list[Task]:
    """One per task: what closed it counts, whatever the order they come in."""
    known: dict[UUID, Task] = {}
    for task in tasks:
        if task.task_id not in known or task.closed_at is not None:
            known[task.task_id] = task
    return list(known.values())
