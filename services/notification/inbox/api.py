"""A customer's in-app inbox."""

import asyncio
from collections.abc import AsyncIterator
from typing import Annotated, Protocol
from uuid import UUID

from fastapi import Depends, Header, Query, Request
from fastapi.responses import StreamingResponse

from services.notification.inbox.queries import count_unread, items_after, last_place, list_items
from services.notification.inbox.schemas import InboxItemRead, InboxPage, ReadAll, UnreadCount
from services.notification.inbox.use_cases import mark_all_read, mark_read
from services.notification.parameters import CustomerId, Reader, Writer
from shared.db.session import Database
from shared.errors import Malformed
from shared.service import ClockDep
from shared.waiting import happened
from shared.web.pagination import PageDep
from shared.web.routing import DatabaseDep, SessionDep, api_router

router = api_router(prefix="/v1/customers/{customer_id}/inbox", tags=["inbox"])

_PORTION = 100
_BEAT_SECONDS = 15.0
_BEAT = b": still here\n\n"


class _News(Protocol):
    def watched(self, customer_id: UUID) -> "_Watched": ...


class _Watched(Protocol):
    async def __aenter__(self) -> asyncio.Event: ...
    async def __aexit__(self, *_: object) -> bool | None: ...


async def _news_of(request: Request) -> _News:
    news: _News = request.app.state.inbox_news
    return news


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


@router.get("/unread")
async def read_unread_count(customer_id: CustomerId, session: SessionDep, _principal: Reader) -> UnreadCount:
    """How many items were not read yet: for the badge of an app."""
    return UnreadCount(unread=await count_unread(session, customer_id))


@router.get(
    "/stream",
    response_class=StreamingResponse,
    responses={200: {"content": {"text/event-stream": {"schema": {"type": "string"}}}}},
)
async def stream_inbox(
    customer_id: CustomerId,
    database: DatabaseDep,
    news: Annotated[_News, Depends(_news_of)],
    _principal: Reader,
    last_event_id: Annotated[
        str | None, Header(alias="Last-Event-ID", max_length=30, description="go on after this event")
    ] = None,
) -> StreamingResponse:
    """The inbox live, as server-sent events: `item` for each new one, `unread` whenever the number changes.

    Without Last-Event-ID it begins with what comes from now on; a comment every 15 s shows that it is alive.
    """
    if last_event_id is not None and not (last_event_id.isdecimal() and len(last_event_id) < 19):
        raise Malformed(
            "is no id of an event of this stream; leave it out", code="event_id_invalid", field="Last-Event-ID"
        )
    place = int(last_event_id) if last_event_id is not None else None
    events = _events(customer_id, database, news, place)
    return StreamingResponse(events, media_type="text/event-stream", headers={"Cache-Control": "no-store"})


async def _events(customer_id: UUID, database: Database, news: _News, place: int | None) -> AsyncIterator[bytes]:
    """Each portion is read in a snapshot of its own: nothing is held while the customer's phone takes its time."""
    told: int | None = None
    async with news.watched(customer_id) as change:
        while True:
            change.clear()
            async with database.snapshot() as session:
                if place is None:
                    place = await last_place(session, customer_id)
                items = await items_after(session, customer_id, place, limit=_PORTION)
                unread = await count_unread(session, customer_id)
            for place, item in items:
                yield f"id: {place}\nevent: item\ndata: {item.model_dump_json()}\n\n".encode()
            if unread != told:
                told = unread
                yield f'event: unread\ndata: {{"unread": {unread}}}\n\n'.encode()
            if len(items) < _PORTION and not await happened(change, within_seconds=_BEAT_SECONDS):
                yield _BEAT


@router.post("/read")
async def read_all_items(
    customer_id: CustomerId, wanted: ReadAll, session: SessionDep, clock: ClockDep, _principal: Writer
) -> UnreadCount:
    """Marks everything as read, or what lay there at `until`; tells how many items are unread then."""
    await mark_all_read(session, customer_id=customer_id, until=wanted.until, at=clock.now())
    return UnreadCount(unread=await count_unread(session, customer_id))


@router.post("/{item_id}/read")
async def read_item(
    customer_id: CustomerId, item_id: UUID, session: SessionDep, clock: ClockDep, _principal: Writer
) -> InboxItemRead:
    """Marks an item as read; once read, it keeps its first time."""
    item = await mark_read(session, customer_id=customer_id, item_id=item_id, at=clock.now())
    return InboxItemRead.model_validate(item)
