"""Owners of customers, and handovers."""

from typing import Annotated
from uuid import UUID

from fastapi import Path, Query

from services.customer.ownership import use_cases
from services.customer.ownership.queries import HandoverState, handover_read, list_handovers
from services.customer.ownership.schemas import HandoverDone, HandoverRead, OwnershipGiven
from services.customer.parameters import CustomerId, HandoverDueDep, Reader, Writer
from services.customer.profiles.queries import customer_read
from services.customer.profiles.schemas.fields import Line
from services.customer.profiles.schemas.responses import CustomerRead
from services.customer.telling import AnnouncerDep
from shared.service import ClockDep
from shared.web.etag import ETagDep
from shared.web.pagination import Page, PageDep
from shared.web.routing import SessionDep, api_router

router = api_router(prefix="/v1", tags=["ownership"])


@router.put("/customers/{customer_id}/owner")
async def assign_owner(
    customer_id: CustomerId,
    given: OwnershipGiven,
    session: SessionDep,
    announcer: AnnouncerDep,
    handover_due: HandoverDueDep,
    clock: ClockDep,
    etag: ETagDep,
    principal: Writer,
) -> CustomerRead:
    """Says who looks after the customer. A change of owner opens a handover, due within the time the settings give."""
    record = await use_cases.assign_owner(
        session,
        customer_id,
        given,
        announcer=announcer,
        handover_due=handover_due,
        now=clock.now(),
        changed_by=principal.subject,
    )
    etag.set(record.version)
    return customer_read(record)


@router.get("/handovers")
async def read_handovers(
    session: SessionDep,
    clock: ClockDep,
    page: PageDep,
    _principal: Reader,
    state: HandoverState | None = None,
    owner_id: Annotated[Line | None, Query(max_length=100, description="who has to take over")] = None,
    customer_id: UUID | None = None,
) -> Page[HandoverRead]:
    """Handovers that match, the one due first at the beginning."""
    return await list_handovers(session, page, now=clock.now(), state=state, owner_id=owner_id, customer_id=customer_id)


@router.post("/handovers/{handover_id}/complete")
async def complete_handover(
    handover_id: Annotated[UUID, Path()],
    done: HandoverDone,
    session: SessionDep,
    announcer: AnnouncerDep,
    clock: ClockDep,
    principal: Writer,
) -> HandoverRead:
    """Says that it was handed over."""
    now = clock.now()
    handover = await use_cases.complete_handover(
        session, handover_id, done, announcer=announcer, now=now, completed_by=principal.subject
    )
    return handover_read(handover, now)
