"""Complaint cases as callers read them."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from services.interaction.complaints.case import Case, CaseState
from shared.contracts.inbound import Amount
from shared.contracts.interaction import Severity
from shared.money import decimal_text
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


class CaseFactRead(ResponseModel):
    """One opening or resolution; the interaction tells all about it."""

    interaction_id: UUID
    kind: Literal["opening", "resolution"]
    occurred_at: datetime


class CaseDetail(CaseRead):
    """A case with what it is made of, in the order in which it occurred: the first 100 of it."""

    facts: list[CaseFactRead]


def case_read(case: Case, now: datetime) -> CaseRead:
    opening, resolution = case.opening, case.resolution
    compensation = resolution.compensation if resolution else None
    open_for = now - case.started_at if case.state is CaseState.OPEN else None
    return CaseRead(
        complaint_id=case.complaint_id,
        source=case.source,
        case=case.name,
        state=case.state,
        customer_id=case.customer_id,
        severity=Severity(opening.severity) if opening else None,
        category=opening.category if opening else None,
        description=opening.description if opening else None,
        opened_at=opening.at if opening else None,
        resolved_at=resolution.at if resolution else None,
        open_for_seconds=None if open_for is None else max(0, int(open_for.total_seconds())),
        resolved_in_seconds=None if case.resolved_in is None else int(case.resolved_in.total_seconds()),
        outcome=resolution.outcome if resolution else None,
        compensation=compensation and Amount(amount=decimal_text(compensation), currency=compensation.currency),
        openings=case.openings,
        resolutions=case.resolutions,
    )
