"""Complaint cases."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends, Query

from services.interaction.complaints.case import CaseState
from services.interaction.complaints.queries import CaseFilter, Overdue, get_case, list_cases
from services.interaction.complaints.schemas import CaseDetail, CaseRead, case_read
from services.interaction.parameters import Reader, page_of, place_in
from services.interaction.window import Window
from shared.contracts.common import ShortText
from shared.contracts.interaction import Severity
from shared.service import ClockDep
from shared.web.pagination import Page, PageDep
from shared.web.routing import SessionDep, api_router

router = api_router(prefix="/v1/complaints", tags=["complaints"])


async def _filter(
    state: Annotated[CaseState | None, Query(description="only cases in this state")] = None,
    severity: Severity | None = None,
    customer_id: UUID | None = None,
    department: Annotated[ShortText | None, Query()] = None,
    handler: Annotated[ShortText | None, Query()] = None,
    green_channel: bool | None = None,
    overdue: Annotated[
        Overdue | None, Query(description="only open cases whose promised answer, resolution, or either is late")
    ] = None,
) -> CaseFilter:
    return CaseFilter(
        state=state,
        severity=severity,
        customer_id=customer_id,
        department=department,
        handler=handler,
        green_channel=green_channel,
        overdue=overdue,
    )


@router.get("")
async def list_complaints(
    session: SessionDep,
    clock: ClockDep,
    page: PageDep,
    _principal: Reader,
    wanted: Annotated[CaseFilter, Depends(_filter)],
) -> Page[CaseRead]:
    """Complaint cases, the latest begun first."""
    window, now = Window(limit=page.limit + 1, before=place_in(page)), clock.now()
    cases = await list_cases(session, window, wanted, now=now)
    shown = page_of(cases, page, lambda case: (case.started_at, case.complaint_id))
    return Page(items=[case_read(case, now) for case in shown.items], next_cursor=shown.next_cursor)


@router.get("/{complaint_id}")
async def read_complaint(complaint_id: UUID, session: SessionDep, clock: ClockDep, _principal: Reader) -> CaseDetail:
    """One case, with every step recorded for it."""
    case, facts = await get_case(session, complaint_id)
    return CaseDetail(**case_read(case, clock.now()).model_dump(), facts=facts)
