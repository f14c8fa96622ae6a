"""Important dates of a customer, as sub-resources.

They ask for no If-Match: each is a statement of its own. A new one may come under an id
of the caller's, by PUT.
"""

from typing import Annotated
from uuid import UUID

from fastapi import Path, Response

from services.customer.dates import use_cases
from services.customer.dates.schemas import ImportantDateGiven, ImportantDatesRead
from services.customer.parameters import CustomerId, Reader, Writer
from services.customer.profiles.queries import customer_read, get_customer
from services.customer.profiles.schemas.responses import CustomerRead
from services.customer.telling import AnnouncerDep
from shared.ids import uuid7
from shared.service import ClockDep
from shared.web.etag import ETagDep
from shared.web.routing import SessionDep, api_router

router = api_router(prefix="/v1/customers/{customer_id}/important-dates", tags=["important dates"])
DateId = Annotated[UUID, Path(description="the date's id")]


@router.get("")
async def list_dates(customer_id: CustomerId, session: SessionDep, _principal: Reader) -> ImportantDatesRead:
    """All dates of a customer, in the order in which they were added."""
    record = await get_customer(session, customer_id)
    return ImportantDatesRead(items=record.profile.important_dates)


@router.post("", status_code=201)
async def add_date(
    customer_id: CustomerId,
    given: ImportantDateGiven,
    session: SessionDep,
    announcer: AnnouncerDep,
    clock: ClockDep,
    etag: ETagDep,
    principal: Writer,
    response: Response,
) -> CustomerRead:
    """Adds a date. The customer as it is now comes back; `Location` names the date."""
    date_id = uuid7()
    response.headers["Location"] = f"/v1/customers/{customer_id}/important-dates/{date_id}"
    record = await use_cases.set_date(
        session, customer_id, date_id, given, announcer=announcer, now=clock.now(), changed_by=principal.subject
    )
    etag.set(record.version)
    return customer_read(record)


@router.put("/{date_id}")
async def set_date(
    customer_id: CustomerId,
    date_id: DateId,
    given: ImportantDateGiven,
    session: SessionDep,
    announcer: AnnouncerDep,
    clock: ClockDep,
    etag: ETagDep,
    principal: Writer,
) -> CustomerRead:
    """Replaces a date, or adds one under this id. The customer as it is now comes back."""
    record = await use_cases.set_date(
        session, customer_id, date_id, given, announcer=announcer, now=clock.now(), changed_by=principal.subject
    )
    etag.set(record.version)
    return customer_read(record)


@router.delete("/{date_id}")
async def remove_date(
    customer_id: CustomerId,
    date_id: DateId,
    session: SessionDep,
    announcer: AnnouncerDep,
    clock: ClockDep,
    etag: ETagDep,
    principal: Writer,
) -> CustomerRead:
    """Removes a date. The customer as it is now comes back."""
    record = await use_cases.remove_date(
        session, customer_id, date_id, announcer=announcer, now=clock.now(), changed_by=principal.subject
    )
    etag.set(record.version)
    return customer_read(record)
