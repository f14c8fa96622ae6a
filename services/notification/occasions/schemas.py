"""The calendar of occasions over HTTP."""

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from pydantic import Field

from shared.web.schemas import ResponseModel


class OccasionRead(ResponseModel):
    """The next occasion of a customer; `year` is the lunar year for a lunar birthday."""

    customer_id: UUID
    kind: Literal["birthday"]
    next_day: date
    next_due_at: datetime
    year: int
    time_zone: str


class ProgressRead(ResponseModel):
    """Every occasion due up to and including `planned_until` has been decided on; `backlog` others are due."""

    now: datetime = Field(description="business time")
    planned_until: datetime
    next_due_at: datetime | None = Field(description="the next instant from now on at which something falls due")
    backlog: int
