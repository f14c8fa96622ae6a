"""Routes of allocations."""

from datetime import datetime
from typing import Any
from uuid import UUID

from fastapi import Response, status

from services.scoring.allocations import queries, use_cases
from services.scoring.allocations.schemas import (
    CSV_COLUMNS,
    AllocationCreate,
    AllocationRead,
    LineRead,
    show_allocation,
    show_line,
)
from services.scoring.allocations.use_cases import Supply, Wish
from services.scoring.permissions import Admin, Reader
from services.scoring.policies.queries import PolicyDep
from shared.service import ClockDep
from shared.web.csv_answer import TABLE, csv_answer
from shared.web.pagination import Page, PageDep, decode_cursor, encode_cursor
from shared.web.routing import SessionDep, api_router

router = api_router(prefix="/v1/allocations", tags=["allocations"])
_UNKNOWN: dict[int | str, dict[str, Any]] = {status.HTTP_404_NOT_FOUND: {"description": "no such allocation"}}


@router.post("", status_code=status.HTTP_201_CREATED)
async def create_allocation(
    session: SessionDep, policy: PolicyDep, clock: ClockDep, wanted: AllocationCreate, principal: Admin
) -> AllocationRead:
    """Shares a scarce supply out by class and value, under the rule of the policy, and keeps who got what and why."""
    wishes = None if wanted.customers is None else [Wish(one.customer_id, one.wanted) for one in wanted.customers]
    kept = await use_cases.share_out(
        session,
        supply=Supply(wanted.name, wanted.supply, wanted.measure, wishes),
        policy=policy,
        created_by=principal.subject,
        created_at=clock.now(),
    )
    return show_allocation(kept)


@router.get("")
async def list_allocations(session: SessionDep, page: PageDep, _: Reader) -> Page[AllocationRead]:
    """The latest first."""
    after = None if page.cursor is None else decode_cursor(page.cursor, datetime, UUID)
    rows = await queries.list_allocations(session, limit=page.limit + 1, after=after)
    shown = rows[: page.limit]
    more = len(rows) > page.limit
    cursor = encode_cursor(shown[-1].created_at, shown[-1].allocation_id) if more else None
    return Page(items=[show_allocation(row) for row in shown], next_cursor=cursor)


@router.get("/{allocation_id}", responses=_UNKNOWN)
async def get_allocation(session: SessionDep, allocation_id: UUID, _: Reader) -> AllocationRead:
    """One allocation with the rule it was made by."""
    return show_allocation(await queries.get_allocation(session, allocation_id))


@router.get("/{allocation_id}/lines", responses=_UNKNOWN)
async def list_lines(
    session: SessionDep, policy: PolicyDep, page: PageDep, allocation_id: UUID, _: Reader
) -> Page[LineRead]:
    """Who got how much, the best customer first."""
    await queries.get_allocation(session, allocation_id)
    (after,) = (0,) if page.cursor is None else decode_cursor(page.cursor, int)
    rows = await queries.list_lines(session, allocation_id, limit=page.limit + 1, after=after)
    shown = rows[: page.limit]
    cursor = encode_cursor(shown[-1].rank) if len(rows) > page.limit else None
    return Page(items=[show_line(row, policy.money.currency) for row in shown], next_cursor=cursor)


@router.get("/{allocation_id}/lines.csv", response_class=Response, responses=_UNKNOWN | TABLE)
async def download_lines(session: SessionDep, allocation_id: UUID, _: Reader) -> Response:
    """All lines as CSV; `value` in minor units of the reporting currency."""
    await queries.get_allocation(session, allocation_id)
    lines = await queries.list_lines(session, allocation_id)
    return csv_answer(
        f"allocation-{allocation_id}", CSV_COLUMNS, ([getattr(line, name) for name in CSV_COLUMNS] for line in lines)
    )
