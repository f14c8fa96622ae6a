"""Routes of replays: rebuild everybody from the facts, see what differs, and switch or let go."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import Query, Response, status

from services.scoring.permissions import Admin, Reader
from services.scoring.replays import queries, use_cases
from services.scoring.replays.progress import Verdict
from services.scoring.replays.schemas import (
    CustomerDifferenceRead,
    ReplayProgress,
    ReplayRead,
    ReplayRequest,
    show_difference,
    show_progress,
    show_replay,
)
from shared.clock import wall_now
from shared.web.pagination import Page, PageDep, decode_cursor, encode_cursor
from shared.web.routing import SessionDep, api_router

router = api_router(prefix="/v1/replays", tags=["replays"])
_CONFLICT: dict[int | str, dict[str, Any]] = {409: {"description": "its state, or another replay, does not allow it"}}


@router.post("", status_code=status.HTTP_202_ACCEPTED, responses=_CONFLICT)
async def request_replay(
    session: SessionDep, body: ReplayRequest, response: Response, principal: Admin
) -> ReplayProgress:
    """Rebuilds everybody from the facts in the background, beside what is in use, which goes on.

    Poll the address in `Location`; once it is `ready`, switch to it or discard it. One at a time.
    """
    replay = await use_cases.request_replay(
        session, reason=body.reason, silent=body.silent, author=principal.subject, wall=wall_now()
    )
    response.headers["Location"] = f"/v1/replays/{replay.replay_id}"
    return show_progress(replay, wall_now())


@router.get("")
async def list_replays(session: SessionDep, page: PageDep, _: Reader) -> Page[ReplayProgress]:
    """All replays, the newest first."""
    before = None if page.cursor is None else decode_cursor(page.cursor, UUID)[0]
    rows = await queries.list_replays(session, limit=page.limit + 1, before=before)
    shown = [show_progress(row, wall_now()) for row in rows[: page.limit]]
    more = len(rows) > page.limit
    return Page(items=shown, next_cursor=encode_cursor(shown[-1].replay_id) if more else None)


@router.get("/{replay_id}")
async def get_replay(session: SessionDep, replay_id: UUID, _: Reader) -> ReplayRead:
    """How far it is, in how many customers both sides are equal, and in which fields the others differ."""
    replay = await queries.get_replay(session, replay_id)
    found = await queries.read_findings(session, replay)
    return show_replay(replay, wall_now(), **found._asdict())


@router.get("/{replay_id}/differences")
async def list_replay_differences(
    session: SessionDep,
    replay_id: UUID,
    page: PageDep,
    _: Reader,
    verdict: Annotated[Verdict | None, Query(description="only these")] = None,
    field: Annotated[
        str | None, Query(max_length=60, description="only who differs in it, such as score.realised_value")
    ] = None,
) -> Page[CustomerDifferenceRead]:
    """Every customer in whom both sides differ, by id, field by field."""
    await queries.get_replay(session, replay_id)
    after = None if page.cursor is None else decode_cursor(page.cursor, UUID)[0]
    rows = await queries.list_differences(
        session, replay_id, after=after, limit=page.limit + 1, verdict=verdict, name=field
    )
    shown = [show_difference(row) for row in rows[: page.limit]]
    more = len(rows) > page.limit
    return Page(items=shown, next_cursor=encode_cursor(shown[-1].customer_id) if more else None)


@router.post("/{replay_id}/switch", status_code=status.HTTP_202_ACCEPTED, responses=_CONFLICT)
async def switch_replay(session: SessionDep, replay_id: UUID, _: Admin) -> ReplayProgress:
    """Lets what was rebuilt take the place of what is in use, within moments; then scores that differ are told."""
    return show_progress(await use_cases.request_switch(session, replay_id), wall_now())


@router.post("/{replay_id}/discard", responses=_CONFLICT)
async def discard_replay(session: SessionDep, replay_id: UUID, _: Admin) -> ReplayProgress:
    """Lets go of what was rebuilt; what it found can still be read."""
    return show_progress(await use_cases.discard_replay(session, replay_id, wall=wall_now()), wall_now())
