"""How we stand with an account: strengths, weaknesses, opportunities, threats."""

from services.customer.needs import queries, use_cases
from services.customer.needs.schemas import SwotGiven, SwotRead
from services.customer.parameters import CustomerId, Reader, Writer
from shared.service import ClockDep
from shared.web.etag import ETagDep, ExpectedVersion
from shared.web.pagination import Page, PageDep
from shared.web.routing import SessionDep, api_router

router = api_router(prefix="/v1/customers/{customer_id}/swot", tags=["needs"])


@router.get("")
async def read_swot(customer_id: CustomerId, session: SessionDep, etag: ETagDep, _principal: Reader) -> SwotRead:
    """The present analysis; version 0 is a blank page."""
    swot = await queries.get_swot(session, customer_id)
    etag.set(swot.version)
    return swot


@router.put("")
async def write_swot(
    customer_id: CustomerId,
    given: SwotGiven,
    version: ExpectedVersion,
    session: SessionDep,
    clock: ClockDep,
    etag: ETagDep,
    principal: Writer,
) -> SwotRead:
    """Writes the analysis anew; the versions before are kept."""
    swot = await use_cases.write_swot(
        session, customer_id, given, expected_version=version, now=clock.now(), written_by=principal.subject
    )
    etag.set(swot.version)
    return SwotRead.model_validate(swot)


@router.get("/history")
async def list_swots(customer_id: CustomerId, session: SessionDep, page: PageDep, _principal: Reader) -> Page[SwotRead]:
    """Every version of it, the last first."""
    return await queries.list_swots(session, customer_id, page)
