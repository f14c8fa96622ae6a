"""A customer's in-app inbox."""

from typing import Annotated
from uuid import UUID

from fastapi import Query

from services.notification.inbox.queries import list_items
from services.notification.inbox.schemas import InboxItemRead, InboxPage
from services.notification.inbox.use_cases import mark_read
from services.notification.parameters import CustomerId, Reader, Writer
from shared.service import ClockDep
from shared.web.pagination import PageDep
from shared.web.routing import SessionDep, api_router

router = api_router(prefix="/v1/customers/{customer_id}/inbox", tags=["inbox"])


@router.get("")
async def list_inbox(
    customer_id: CustomerId,
    session: SessionDep,
    page: PageDep,
    _principal: Reader,
    unread: Annotated[bool, Query(description="only what was not read yet")] = False,
) -> InboxPage:
    """What the customer finds, the newest first, with the number of unread items."""
    return await list_items(session, customer_id, page, unread_only=unread)


@router.post("/{item_id}/read")
async def read_item(
    customer_id: CustomerId, item_id: UUID, session: SessionDep, clock: ClockDep, _principal: Writer
) -> InboxItemRead:
    """Marks an item as read; once read, it keeps its first time."""
    item = await mark_read(session, customer_id=customer_id, item_id=item_id, at=clock.now())
    return InboxItemRead.model_validate(item)
