"""Tasks over HTTP."""

from datetime import datetime
from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import ConfigDict, Field, model_validator

from shared.contracts.common import NO_NUL, ShortText
from shared.contracts.notification import AssigneeKind, TaskPriority, TaskState
from shared.web.schemas import RequestModel, ResponseModel

Note = Annotated[str, Field(min_length=1, max_length=2000, pattern=NO_NUL)]


class AssigneeRead(ResponseModel):
    kind: AssigneeKind
    id: str
    name: str | None


class TaskListed(ResponseModel):
    """A task; it has the id of the decision that it follows from."""

    task_id: UUID
    customer_id: UUID
    rule: str
    rule_version: int
    occasion: str
    title: dict[str, str] = Field(description="by language; empty once the customer was erased")
    assignee: AssigneeRead
    priority: TaskPriority
    state: TaskState
    reason: str | None = Field(
        description="`no_assignee`: it fell to a role since there was nobody to give it to; of one that was cancelled: "
        "`cancelled` by an event, or `erased` with its customer"
    )
    created_at: datetime
    due_at: datetime
    closed_at: datetime | None
    closed_by: str | None = Field(description="who said that it is done, or needs no doing")
    version: int = Field(description="rises with each change; the ETag")


class TaskChangeRead(ResponseModel):
    version: int
    action: str = Field(examples=["completed", "dismissed", "reassigned"])
    at: datetime
    by: str
    note: str | None
    from_assignee: str | None
    to_assignee: str | None


class TaskRead(TaskListed):
    """A task in full, with what was done about it, the first first."""

    text: dict[str, str] = Field(description="by language")
    note: str | None = Field(description="what was said when it was closed")
    cause: dict[str, Any] | None = Field(description="the event that cancelled it")
    happened_at: datetime
    caused_by: str | None = Field(description="id of the event behind it")
    changes: list[TaskChangeRead]


class TaskCompletion(RequestModel):
    model_config = ConfigDict(json_schema_extra={"examples": [{"note": "called; a visit is agreed for Thursday"}, {}]})

    note: Note | None = None


class TaskDismissal(RequestModel):
    model_config = ConfigDict(json_schema_extra={"examples": [{"note": "they move abroad; nothing to be won back"}]})

    note: Note = Field(description="why it needs no doing")


class TaskReassignment(RequestModel):
    """To an employee, by the id in the business's own directory, or to a role."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"employee": "am-21", "note": "am-17 is on leave"}]})

    employee: ShortText | None = None
    role: ShortText | None = None
    name: ShortText | None = Field(None, description="the employee's name, to be shown")
    note: Note | None = None

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if (self.employee is None) == (self.role is None):
            raise ValueError("say either employee or role")
        return self
