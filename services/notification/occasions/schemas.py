"""The calendar of occasions over HTTP."""

from datetime import date, datetime
from uuid import UUID

from pydantic import Field

from services.notification.values import OccasionKind
from shared.web.schemas import ResponseModel


class OccasionRead(ResponseModel):
    """What is said next of an occasion of a customer; `year` is the lunar year where its calendar is the lunar one."""

    customer_id: UUID
    kind: OccasionKind
    subject: str = Field(
        description="the id of the important date, or the code of the holiday; empty where a customer has but one of "
        "the kind"
    )
    label: str | None = Field(description="what it is about: a number plate, a contract's number")
    names: dict[str, str] | None = Field(None, description="of a holiday, by language")
    next_day: date = Field(description="the day itself", examples=["2027-05-20"])
    next_due_at: datetime = Field(description="when it is spoken of")
    next_lead: int = Field(description="for how many days before the day that is meant", examples=[30])
    later_due_at: list[datetime] = Field(description="when the nearer reminders of the same day follow")
    year: int
    time_zone: str


class ProgressRead(ResponseModel):
    """Every occasion due up to and including `planned_until` has been decided on; `backlog` others are due."""

    now: datetime = Field(description="business time")
    planned_until: datetime
    next_due_at: datetime | None = Field(description="the next instant from now on at which something falls due")
    backlog: int
