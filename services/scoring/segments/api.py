"""Routes of segments: write a query, see what it finds, and read who belongs to it."""

from collections.abc import AsyncIterator, Iterable, Sequence
from typing import Any, Final
from uuid import UUID

from fastapi import Response, status
from fastapi.responses import StreamingResponse

from services.scoring.permissions import Reader, Writer
from services.scoring.segments import queries, use_cases
from services.scoring.segments.models import Segment
from services.scoring.segments.schemas import (
    MEMBER_COLUMNS,
    CustomerShown,
    Member,
    PreviewRead,
    PreviewRequest,
    SegmentChange,
    SegmentCreate,
    SegmentOfCustomer,
    SegmentRead,
    VocabularyRead,
    percent_of,
    show_segment,
    show_vocabulary,
)
from services.scoring.segments.use_cases.editing import Draft
from services.scoring.segments.vocabulary import GROUPS, VOCABULARY
from shared.db.session import Database
from shared.service import ClockDep
from shared.web.csv_answer import TABLE, csv_stream
from shared.web.etag import ETagDep, ExpectedVersion, etag_of
from shared.web.pagination import Page, PageDep, decode_cursor, encode_cursor
from shared.web.routing import DatabaseDep, SessionDep, api_router

router = api_router(prefix="/v1", tags=["segments"])
_TAKEN: Final[dict[int | str, dict[str, Any]]] = {409: {"description": "the name is taken, or there are too many"}}


@router.get("/segments/vocabulary")
async def get_segment_vocabulary(_: Reader) -> VocabularyRead:
    """The words that conditions may use, with their types, units and comparisons, and the JSON Schema of a
    condition."""
    return show_vocabulary(VOCABULARY, GROUPS)


@router.post("/segments/preview")
async def preview_segment(
    body: PreviewRequest, session: SessionDep, clock: ClockDep, response: Response, _: Reader
) -> PreviewRead:
    """How many customers a condition holds of, and a few of them; nothing is kept.

    The first preview of a database has everybody taken in, in the background: until then it is not `ready`.
    """
    now = clock.now()
    await use_cases.open_index(session, now=now)
    freshness = await queries.read_freshness(session)
    found = await queries.preview(session, body.condition, at=now, sample=body.sample)
    if not freshness.filled:
        response.headers["Retry-After"] = "5"
    return PreviewRead(
        ready=freshness.filled,
        percent=percent_of(freshness),
        customers=found.customers if freshness.filled else None,
        counted_at=now,
        waiting=freshness.waiting,
        sample=[CustomerShown.model_validate(dict(row)) for row in found.sample],
    )


@router.post("/segments", status_code=status.HTTP_201_CREATED, responses=_TAKEN)
async def create_segment(
    body: SegmentCreate, session: SessionDep, clock: ClockDep, response: Response, etag: ETagDep, principal: Writer
) -> SegmentRead:
    """Stores a query. Everybody is asked in the background; from then on members follow the facts by themselves."""
    segment = await use_cases.create_segment(
        session,
        draft=Draft(body.name, body.description, body.condition),
        author=principal.subject,
        now=clock.now(),
    )
    response.headers["Location"] = f"/v1/segments/{segment.segment_id}"
    etag.set(segment.revision)
    return await _show(session, segment, clock)


@router.get("/segments")
async def list_segments(session: SessionDep, clock: ClockDep, page: PageDep, _: Reader) -> Page[SegmentRead]:
    """All segments by name, with the number of their members."""
    after = None if page.cursor is None else decode_cursor(page.cursor, str)[0]
    rows = await queries.list_segments(session, limit=page.limit + 1, after=after)
    freshness, now = await queries.read_freshness(session), clock.now()
    shown = [show_segment(row, freshness, now) for row in rows[: page.limit]]
    return Page(items=shown, next_cursor=encode_cursor(shown[-1].name) if len(rows) > page.limit else None)


@router.get("/segments/{segment_id}")
async def get_segment(
    session: SessionDep, clock: ClockDep, response: Response, segment_id: UUID, _: Reader
) -> SegmentRead:
    """One segment: its query, how far everybody was asked, and how many belong to it at this instant."""
    segment = await queries.get_segment(session, segment_id)
    # No 304 by it: the number of members changes without the query.
    response.headers["ETag"] = etag_of(segment.revision)
    return await _show(session, segment, clock)


@router.patch("/segments/{segment_id}", responses=_TAKEN)
async def change_segment(
    segment_id: UUID,
    body: SegmentChange,
    expected: ExpectedVersion,
    session: SessionDep,
    clock: ClockDep,
    etag: ETagDep,
    principal: Writer,
) -> SegmentRead:
    """Changes name, description or condition. With another condition members leave and enter in the background."""
    segment = await use_cases.change_segment(
        session,
        segment_id,
        expected=expected,
        change=body.model_dump(exclude_unset=True),
        author=principal.subject,
        now=clock.now(),
    )
    etag.set(segment.revision)
    return await _show(session, segment, clock)


@router.delete("/segments/{segment_id}", status_code=status.HTTP_204_NO_CONTENT)
async def remove_segment(segment_id: UUID, expected: ExpectedVersion, session: SessionDep, _: Writer) -> None:
    """Nobody finds it from now on; that its members left is told in the background."""
    await use_cases.remove_segment(session, segment_id, expected=expected)


@router.get("/segments/{segment_id}/members")
async def list_segment_members(session: SessionDep, page: PageDep, segment_id: UUID, _: Reader) -> Page[Member]:
    """Who belongs to it, by id."""
    after = None if page.cursor is None else decode_cursor(page.cursor, UUID)[0]
    rows = await queries.list_members(session, segment_id, after=after, limit=page.limit + 1)
    shown = [Member.model_validate(dict(row)) for row in rows[: page.limit]]
    cursor = encode_cursor(shown[-1].customer_id) if len(rows) > page.limit else None
    return Page(items=shown, next_cursor=cursor)


@router.get("/segments/{segment_id}/members.csv", response_class=StreamingResponse, responses=TABLE)
async def export_segment_members(
    session: SessionDep, database: DatabaseDep, segment_id: UUID, _: Reader
) -> StreamingResponse:
    """All members as CSV, money in units of the reporting currency."""
    await queries.get_segment(session, segment_id)
    return csv_stream(f"segment-{segment_id}", MEMBER_COLUMNS, _rows_of(database, segment_id))


@router.get("/customers/{customer_id}/segments", tags=["segments"])
async def list_segments_of_customer(session: SessionDep, customer_id: UUID, _: Reader) -> list[SegmentOfCustomer]:
    """The segments a customer belongs to, and since when."""
    rows = await queries.list_segments_of(session, customer_id)
    return [SegmentOfCustomer.model_validate(dict(row)) for row in rows]


async def _show(session: SessionDep, segment: Segment, clock: ClockDep) -> SegmentRead:
    return show_segment(segment, await queries.read_freshness(session), clock.now())


async def _rows_of(database: Database, segment_id: UUID) -> AsyncIterator[Iterable[Sequence[object]]]:
    async for rows in queries.stream_members(database, segment_id):
        yield [[row[name] for name in MEMBER_COLUMNS] for row in rows]
