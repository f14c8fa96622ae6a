"""The calendar of occasions, and how far it is planned."""

from datetime import timedelta
from typing import Annotated
from uuid import UUID

from fastapi import Query

from services.notification.occasions.queries.listing import OccasionFilter
from services.notification.occasions.queries.listing import list_occasions as read_calendar
from services.notification.occasions.queries.progress import get_progress
from services.notification.occasions.schemas import OccasionRead, ProgressRead
from services.notification.parameters import DeskDep, Reader
from services.notification.values import OccasionKind
from shared.errors import Malformed
from shared.service import ClockDep
from shared.web.instants import WrittenInstant
from shared.web.pagination import Page, PageDep
from shared.web.routing import SessionDep, api_router

router = api_router(prefix="/v1/occasions", tags=["occasions"])

_DEFAULT_SPAN = timedelta(days=31)


@router.get("")
async def list_occasions(
    session: SessionDep,
    clock: ClockDep,
    page: PageDep,
    desk: DeskDep,
    _principal: Reader,
    customer_id: UUID | None = None,
    kind: OccasionKind | None = None,
    start: Annotated[WrittenInstant | None, Query(alias="from", description="by default now")] = None,
    end: Annotated[WrittenInstant | None, Query(alias="to", description="by default 31 days after `from`")] = None,
) -> Page[OccasionRead]:
    """What is due for whom in a span of time, the earliest first: the next reminder of each occasion of a customer.

    The nearer ones of the same day follow in `later_due_at`. Of holidays those that rules in force speak of, all of
    the next two years, whatever the rules' conditions will say.
    """
    first = start or clock.now()
    last = end or first + _DEFAULT_SPAN
    if last <= first:
        raise Malformed("must be later than `from`", code="span_empty", field="to")
    wanted = OccasionFilter(start=first, end=last, customer_id=customer_id, kind=kind)
    return await read_calendar(session, wanted, page=page, now=clock.now(), policy=desk.policy)


@router.get("/progress")
async def read_progress(session: SessionDep, clock: ClockDep, desk: DeskDep, _principal: Reader) -> ProgressRead:
    """Up to when every occasion has been decided on, and when the next falls due."""
    return await get_progress(session, now=clock.now(), policy=desk.policy)
