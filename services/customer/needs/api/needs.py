"""Needs of customers and of their contacts."""

from typing import Annotated
from uuid import UUID

from fastapi import Path

from services.customer.needs import queries, use_cases
from services.customer.needs.schemas import NeedChange, NeedCreate, NeedKind, NeedRead, NeedStatus
from services.customer.parameters import CustomerId, Reader, Writer
from shared.service import ClockDep
from shared.web.etag import ETagDep, ExpectedVersion
from shared.web.pagination import Page, PageDep
from shared.web.routing import SessionDep, api_router

router = api_router(prefix="/v1/customers/{customer_id}/needs", tags=["needs"])


@router.post("", status_code=201)
async def add_need(
    customer_id: CustomerId,
    wanted: NeedCreate,
    session: SessionDep,
    clock: ClockDep,
    etag: ETagDep,
    principal: Writer,
) -> NeedRead:
    """Writes down a need, of the customer or of one of its contacts."""
    need = await use_cases.add_need(session, customer_id, wanted, now=clock.now(), changed_by=principal.subject)
    etag.set(need.version)
    return NeedRead.model_validate(need)


@router.get("")
async def list_needs(
    customer_id: CustomerId,
    session: SessionDep,
    page: PageDep,
    _principal: Reader,
    kind: NeedKind | None = None,
    status: NeedStatus | None = None,
    contact_id: UUID | None = None,
) -> Page[NeedRead]:
    """Needs that match, the last added first."""
    return await queries.list_needs(session, customer_id, page, kind=kind, status=status, contact_id=contact_id)


@router.patch("/{need_id}")
async def change_need(
    customer_id: CustomerId,
    need_id: Annotated[UUID, Path(description="the need's id")],
    change: NeedChange,
    version: ExpectedVersion,
    session: SessionDep,
    clock: ClockDep,
    etag: ETagDep,
    principal: Writer,
) -> NeedRead:
    """Changes what is sent; usually the status."""
    need = await use_cases.change_need(
        session,
        customer_id,
        need_id,
        change,
        expected_version=version,
        now=clock.now(),
        changed_by=principal.subject,
    )
    etag.set(need.version)
    return NeedRead.model_validate(need)
