"""Complaint cases as callers read them."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from services.interaction.complaints.case import CaseState, Step
from services.interaction.complaints.models import Complaint
from shared.contracts.inbound import Amount
from shared.contracts.interaction import Severity
from shared.money import Money, decimal_text
from shared.web.schemas import ResponseModel


class CaseRead(ResponseModel):
    """A case from its first opening to its last resolution; what is not known yet is null.

    A resolution may come before the opening it answers: the case is then resolved, and its severity not known.
    """

    complaint_id: UUID
    source: str
    case: Annotated[str, Field(description="its name within `source`")]
    state: CaseState
    customer_id: Annotated[UUID | None, Field(description="null until the customer it names is registered")]
    severity: Severity | None
    category: str | None
    description: str | None
    opened_at: datetime | None
    resolved_at: datetime | None
    open_for_seconds: Annotated[int | None, Field(description="of an open case: until now, in business time")]
    resolved_in_seconds: Annotated[
        int | None, Field(description="from the first opening to the last resolution; null if those times contradict")
    ]
    outcome: str | None
    compensation: Amount | None
    openings: Annotated[int, Field(description="how many openings were recorded; the first is shown")]
    resolutions: Annotated[int, Field(description="how many resolutions were recorded; the last is shown")]
    department: str | None
    handler: str | None
    cause: str | None
    green_channel: Annotated[
        bool | None, Field(description="the quicker promise, for key accounts; null until the customer is known")
    ]
    respond_by: Annotated[datetime | None, Field(description="what is promised, since the last reopening anew")]
    responded_at: Annotated[datetime | None, Field(description="the first answer since the case began, or began again")]
    response_late: Annotated[bool | None, Field(description="null while neither an answer came nor its time is over")]
    resolve_by: datetime | None
    resolution_late: Annotated[bool | None, Field(description="null while neither it came nor its time is over")]
    followed_up_at: datetime | None
    satisfied: bool | None
    follow_up_score: int | None
    closed_at: datetime | None
    reopened_at: datetime | None
    reopenings: int


class CaseFactRead(ResponseModel):
    """One step of a case; the interaction tells all about it, also whether it was taken back."""

    interaction_id: UUID
    kind: Step
    occurred_at: datetime


class CaseDetail(CaseRead):
    """A case with what it is made of, in the order in which it occurred: the first 100 of it."""

    facts: list[CaseFactRead]


def case_read(case: Complaint, now: datetime) -> CaseRead:
    minor, currency = case.compensation_minor, case.compensation_currency
    compensation = None if minor is None or currency is None else Money(minor, currency)
    is_open = case.state == CaseState.OPEN
    done_at = None if is_open else case.resolved_at or case.closed_at
    return CaseRead.model_validate(
        {
            **case.model_dump(include=_SHOWN_AS_THEY_ARE),
            "case": case.case_name,
            "open_for_seconds": max(0, int((now - case.started_at).total_seconds())) if is_open else None,
            "resolved_in_seconds": case.resolved_seconds,
            "compensation": compensation and Amount(amount=decimal_text(compensation), currency=compensation.currency),
            "response_late": _late(case.responded_at, case.respond_by, now),
            "resolution_late": _late(done_at, case.resolve_by, now),
        }
    )


_SHOWN_AS_THEY_ARE = CaseRead.model_fields.keys() & Complaint.model_fields.keys()


def _late(done_at: datetime | None, due_at: datetime | None, now: datetime) -> bool | None:
    if due_at is None:
        return None
    if done_at is not None:
        return done_at > due_at
    return True if now > due_at else None
