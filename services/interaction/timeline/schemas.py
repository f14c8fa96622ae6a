"""What stands in a customer's timeline."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from services.interaction.ingest.queries import InteractionRead
from shared.contracts.common import Channel, Purpose
from shared.contracts.notification import AssigneeKind, TaskPriority, TaskState
from shared.web.pagination import Page
from shared.web.schemas import ResponseModel


class EntryKind(StrEnum):
    """The kinds of interactions, and the platform's own messages and tasks."""

    PURCHASE = "purchase"
    RETURN = "return"
    PAYMENT = "payment"
    USAGE = "usage"
    SERVICE = "service"
    COMPLAINT = "complaint"
    COMPLAINT_ASSIGNMENT = "complaint_assignment"
    COMPLAINT_RESPONSE = "complaint_response"
    COMPLAINT_RESOLUTION = "complaint_resolution"
    COMPLAINT_FOLLOW_UP = "complaint_follow_up"
    COMPLAINT_CLOSURE = "complaint_closure"
    COMPLAINT_REOPENING = "complaint_reopening"
    VISIT = "visit"
    SURVEY = "survey"
    REFERRAL = "referral"
    CALL = "call"
    CORRESPONDENCE = "correspondence"
    MENTION = "mention"
    ENGAGEMENT = "engagement"
    COMPETITOR = "competitor"
    NOTE = "note"
    VOID = "void"
    MESSAGE = "message"
    TASK = "task"


class MessageRead(ResponseModel):
    """A message the platform wrote to the customer; `rule` and `caused_by` say why."""

    kind: Literal["message"] = "message"
    message_id: UUID
    customer_id: UUID
    state: Annotated[Literal["sent", "failed"], Field(description="`failed` messages were given up, see `reason`")]
    occurred_at: datetime
    channel: Channel
    purpose: Purpose
    rule: str
    language: str
    subject: str | None
    reason: str | None
    caused_by: Annotated[str | None, Field(description="the id of the event behind it, often an interaction's")]
    receipt: Annotated[
        str | None, Field(description="what a provider reported of it: delivered, bounced …; of several what says most")
    ] = None
    receipt_at: datetime | None = None


class TaskRead(ResponseModel):
    """Something that an employee had to do about the customer; it stands where it was given."""

    kind: Literal["task"] = "task"
    task_id: UUID
    customer_id: UUID
    state: TaskState
    occurred_at: datetime
    rule: str
    title: Annotated[dict[str, str], Field(description="by language")]
    assignee_kind: AssigneeKind
    assignee: Annotated[str, Field(description="the employee's id in the business's directory, or the role")]
    priority: TaskPriority
    due_at: datetime
    closed_at: datetime | None
    closed_by: str | None
    caused_by: Annotated[str | None, Field(description="the id of the event behind it")]


TimelineEntry = Annotated[InteractionRead | MessageRead | TaskRead, Field(discriminator="kind")]


class TimelinePage(Page[TimelineEntry]):
    """A page of a timeline."""
