"""Who changed what of a customer."""

from typing import Annotated

from fastapi import Query

from services.customer.journal.queries import list_entries
from services.customer.journal.schemas import JournalEntryRead
from services.customer.parameters import Admin, CustomerId
from services.customer.profiles.queries import get_customer
from services.customer.profiles.schemas.fields import Line
from shared.web.pagination import Page, PageDep
from shared.web.routing import SessionDep, api_router

router = api_router(prefix="/v1/customers/{customer_id}/journal", tags=["journal"])


@router.get("")
async def list_journal(
    customer_id: CustomerId,
    session: SessionDep,
    page: PageDep,
    _principal: Admin,
    subject: Annotated[Line | None, Query(max_length=50, description="only changes of this, such as `owner`")] = None,
) -> Page[JournalEntryRead]:
    """Changes of ownership, contact points, do-not-disturb, dates, contacts, needs and abuse flags, the last first.

    Decisions on consents have a history of their own.
    """
    await get_customer(session, customer_id)
    return await list_entries(session, customer_id, page, subject=subject)
