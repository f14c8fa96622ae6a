"""The route of a customer's history."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import Query

from services.scoring.history import queries
from services.scoring.history.repository import Rows
from services.scoring.history.schemas import HistoryPoint, show_points
from services.scoring.history.steps import Step
from services.scoring.permissions import Reader
from services.scoring.policies.queries import PolicyDep
from shared.service import ClockDep
from shared.web.instants import WrittenInstant
from shared.web.pagination import Page, PageDep, decode_cursor, encode_cursor
from shared.web.routing import SessionDep, api_router

router = api_router(prefix="/v1/customers/{customer_id}/score/history", tags=["scores"])


@router.get("")
async def get_score_history(
    session: SessionDep,
    policy: PolicyDep,
    clock: ClockDep,
    page: PageDep,
    customer_id: UUID,
    _: Reader,
    start: Annotated[
        WrittenInstant | None, Query(alias="from", description="of the series; by default the first score told")
    ] = None,
    end: Annotated[WrittenInstant | None, Query(alias="to", description="of the series; by default now")] = None,
    step: Annotated[
        Step | None, Query(description="a point per day, week or month with what had been told last; else every score")
    ] = None,
    known_at: Annotated[
        WrittenInstant | None, Query(description="only what had been told by then, by the wall clock")
    ] = None,
) -> Page[HistoryPoint]:
    """All scores ever told of a customer, as they were told: a series for plots. Nothing in it ever changes."""
    first = await queries.find_start(session, customer_id, start)
    if first is None:
        return Page(items=[], next_cursor=None)
    last = end or max(clock.now(), first)
    if step is None:
        after = None if page.cursor is None else decode_cursor(page.cursor, datetime, datetime)
        told = await queries.list_told(
            session, customer_id, start=first, end=last, known_at=known_at, after=after, limit=page.limit + 1
        )
        return _page_of_told(told, page.limit)
    skip = 0 if page.cursor is None else max(decode_cursor(page.cursor, int)[0], 0)
    found, more = await queries.list_steps(
        session,
        customer_id,
        queries.Series(first, last, step, policy.zone),
        known_at=known_at,
        skip=skip,
        limit=page.limit,
    )
    return Page(items=show_points(found), next_cursor=encode_cursor(skip + page.limit) if more else None)


def _page_of_told(rows: Rows, limit: int) -> Page[HistoryPoint]:
    shown = show_points(rows[:limit])
    more = len(rows) > limit
    return Page(items=shown, next_cursor=encode_cursor(shown[-1].as_of, shown[-1].told_at) if more else None)
