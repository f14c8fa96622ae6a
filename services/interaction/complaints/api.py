"""Complaint cases."""

from typing import Annotated
from uuid import UUID

from fastapi import Query

from services.interaction.complaints.case import CaseState
from services.interaction.complaints.queries import get_case, list_cases
from services.interaction.complaints.schemas import CaseDetail, CaseRead, case_read
from services.interaction.parameters import Reader, page_of, place_in
from services.interaction.window import Window
from shared.contracts.interaction import Severity
from shared.service import ClockDep
from shared.web.pagination import Page, PageDep
from shared.web.routing import SessionDep, api_router

router = api_router(prefix="/v1/complaints", tags=["complaints"])


@router.get("")
async def list_complaints(
    session: SessionDep,
    clock: ClockDep,
    page: PageDep,
    _principal: Reader,
    state: Annotated[CaseState | None, Query(description="only open, or only resolved ones")] = None,
    severity: Severity | None = None,
    customer_id: UUID | None = None,
) -> Page[CaseRead]:
    """Complaint cases, the latest begun first."""
    window = Window(limit=page.limit + 1, before=place_in(page))
    cases = await list_cases(session, window, state=state, severity=severity, customer_id=customer_id)
    shown = page_of(cases, page, lambda case: (case.started_at, case.complaint_id))
    now = clock.now()
    return Page(items=[case_read(case, now) for case in shown.items], next_cursor=shown.next_cursor)


@router.get("/{complaint_id}")
async def read_complaint(complaint_id: UUID, session: SessionDep, clock: ClockDep, _principal: Reader) -> CaseDetail:
    """One case, with every opening and resolution recorded for it."""
    case, facts = await get_case(session, complaint_id)
    return CaseDetail(**case_read(case, clock.now()).model_dump(), facts=facts)
