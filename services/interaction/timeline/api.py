"""The timeline of a customer."""

from typing import Annotated
from uuid import UUID

from fastapi import Query

from services.interaction.parameters import Reader, Since, Until, page_of, place_in
from services.interaction.timeline.queries import list_timeline, place_of
from services.interaction.timeline.schemas import EntryKind, TimelinePage
from services.interaction.window import Window
from shared.web.pagination import PageDep
from shared.web.routing import SessionDep, api_router

router = api_router(prefix="/v1/customers", tags=["timeline"])


@router.get("/{customer_id}/timeline")
async def read_timeline(
    customer_id: UUID,
    session: SessionDep,
    page: PageDep,
    _principal: Reader,
    kind: Annotated[list[EntryKind] | None, Query(description="only these; repeat it for several")] = None,
    since: Since = None,
    until: Until = None,
) -> TimelinePage:
    """Everything between a customer and the business, newest first: interactions, and messages the platform sent."""
    window = Window(limit=page.limit + 1, before=place_in(page), since=since, until=until)
    entries = await list_timeline(session, customer_id, window, kinds=kind or None)
    shown = page_of(entries, page, place_of)
    return TimelinePage(items=shown.items, next_cursor=shown.next_cursor)
