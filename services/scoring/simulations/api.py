"""Routes of simulations: ask for one, see how far it is and what it found, and who would move."""

import csv
import io
from collections.abc import AsyncIterator
from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import Path, Query, Response, status
from fastapi.responses import StreamingResponse

from services.scoring.permissions import Reader, Writer
from services.scoring.scores.queries import ContextsDep
from services.scoring.simulations import queries, use_cases
from services.scoring.simulations.comparison import CLASSES, FIGURES
from services.scoring.simulations.schemas import (
    MoveRead,
    SampleRead,
    SimulationProgress,
    SimulationRead,
    show_move,
    show_progress,
    show_samples,
    show_simulation,
)
from shared.clock import wall_now
from shared.db.session import Database
from shared.service import ClockDep
from shared.web.pagination import Page, PageDep, decode_cursor, encode_cursor
from shared.web.routing import DatabaseDep, SessionDep, api_router

router = api_router(prefix="/v1", tags=["simulations"])
Version = Annotated[int, Path(ge=1, le=2**31 - 1, description="of the policy")]
OfClass = Annotated[str | None, Query(max_length=60, description="only of this class, such as loyalty_level")]
Before = Annotated[str | None, Query(max_length=60, description="with `of`: only from this value")]
After = Annotated[str | None, Query(max_length=60, description="with `of`: only to this value")]
_AT_ONCE: Final = 1000
_CONFLICT: dict[int | str, dict[str, Any]] = {409: {"description": "its state does not allow it"}}


@router.post("/policies/{version}/simulations", status_code=status.HTTP_202_ACCEPTED, responses=_CONFLICT)
async def request_simulation(
    version: Version,
    session: SessionDep,
    contexts: ContextsDep,
    clock: ClockDep,
    response: Response,
    principal: Writer,
) -> SimulationProgress:
    """Tries a draft on all customers in the background. It tells nobody and touches no score.

    Poll the address in `Location`; when it is done, the draft counts as simulated unless it was changed meanwhile.
    """
    row = await use_cases.request_simulation(
        session, version, contexts=contexts, author=principal.subject, now=clock.now(), wall=wall_now()
    )
    response.headers["Location"] = f"/v1/simulations/{row.simulation_id}"
    return show_progress(row, wall_now())


@router.get("/policies/{version}/simulations")
async def list_simulations(session: SessionDep, version: Version, page: PageDep, _: Reader) -> Page[SimulationProgress]:
    """The simulations of a policy, the newest first."""
    before = None if page.cursor is None else decode_cursor(page.cursor, UUID)[0]
    rows = await queries.list_simulations(session, version=version, limit=page.limit + 1, before=before)
    shown = [show_progress(row, wall_now()) for row in rows[: page.limit]]
    more = len(rows) > page.limit
    return Page(items=shown, next_cursor=encode_cursor(shown[-1].simulation_id) if more else None)


@router.get("/simulations/{simulation_id}")
async def get_simulation(session: SessionDep, simulation_id: UUID, _: Reader) -> SimulationRead:
    """How far it is, who moves from where to where, and the distributions before and after."""
    return show_simulation(await queries.get_simulation(session, simulation_id), wall_now())


@router.post("/simulations/{simulation_id}/cancel", responses=_CONFLICT)
async def cancel_simulation(session: SessionDep, simulation_id: UUID, _: Writer) -> SimulationProgress:
    """Stops it; what was found so far stays."""
    return show_progress(await use_cases.cancel_simulation(session, simulation_id, wall=wall_now()), wall_now())


@router.get("/simulations/{simulation_id}/samples")
async def list_simulation_samples(
    session: SessionDep, simulation_id: UUID, _: Reader, of: OfClass = None
) -> list[SampleRead]:
    """A few customers of each transition, with the reasons that differ."""
    return show_samples(await queries.get_simulation(session, simulation_id), of)


@router.get("/simulations/{simulation_id}/moves")
async def list_simulated_moves(
    session: SessionDep,
    simulation_id: UUID,
    page: PageDep,
    _: Reader,
    of: OfClass = None,
    before: Before = None,
    after: After = None,
) -> Page[MoveRead]:
    """Everybody who would move, by id."""
    await queries.get_simulation(session, simulation_id)
    last = None if page.cursor is None else decode_cursor(page.cursor, UUID)[0]
    rows = await queries.list_moves(
        session, simulation_id, after=last, limit=page.limit + 1, name=of, old=before, new=after
    )
    shown = [show_move(row) for row in rows[: page.limit]]
    more = len(rows) > page.limit
    return Page(items=shown, next_cursor=encode_cursor(shown[-1].customer_id) if more else None)


@router.get(
    "/simulations/{simulation_id}/moves.csv",
    response_class=StreamingResponse,
    responses={200: {"content": {"text/csv": {"schema": {"type": "string"}}}, "description": "all moves"}},
)
async def export_simulated_moves(
    session: SessionDep,
    database: DatabaseDep,
    simulation_id: UUID,
    _: Reader,
    of: OfClass = None,
    before: Before = None,
    after: After = None,
) -> StreamingResponse:
    """The same as CSV: per class and figure a column before and one after, empty where nothing changes."""
    await queries.get_simulation(session, simulation_id)
    return StreamingResponse(
        _write_csv(database, simulation_id, of, before, after),
        media_type="text/csv",
        headers={"Content-Disposition": f'attachment; filename="simulation-{simulation_id}.csv"'},
    )


async def _write_csv(
    database: Database, simulation_id: UUID, of: str | None, before: str | None, after: str | None
) -> AsyncIterator[str]:
    names = (*CLASSES, *FIGURES)
    yield _line(["customer_id", *(f"{name}_{side}" for name in names for side in ("before", "after"))])
    last: UUID | None = None
    while True:
        async with database.snapshot() as session:
            rows = await queries.list_moves(
                session, simulation_id, after=last, limit=_AT_ONCE, name=of, old=before, new=after
            )
        for row in rows:
            changed = {**row["classes"], **row["figures"]}
            yield _line([row["customer_id"], *(side for name in names for side in changed.get(name, ("", "")))])
        if len(rows) < _AT_ONCE:
            return
        last = rows[-1]["customer_id"]


def _line(values: list[object]) -> str:
    text = io.StringIO()
    csv.writer(text).writerow(values)
    return text.getvalue()
