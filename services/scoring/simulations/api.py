"""Routes of simulations: ask for one, see how far it is and what it found, and who would move."""

from collections.abc import AsyncIterator, Sequence
from typing import Annotated, Any, Final, NamedTuple
from uuid import UUID

from fastapi import Depends, Path, Query, Response, status
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
from shared.errors import InvalidInput
from shared.service import ClockDep
from shared.web.csv_answer import TABLE, csv_stream
from shared.web.pagination import Page, PageDep, decode_cursor, encode_cursor
from shared.web.routing import DatabaseDep, SessionDep, api_router

router = api_router(prefix="/v1", tags=["simulations"])
Version = Annotated[int, Path(ge=1, le=2**31 - 1, description="of the policy")]
OfClass = Annotated[str | None, Query(max_length=60, description=f"only of this class: {', '.join(CLASSES)}")]
Before = Annotated[str | None, Query(max_length=60, description="with `of`: only from this value")]
After = Annotated[str | None, Query(max_length=60, description="with `of`: only to this value")]
_AT_ONCE: Final = 1000
_NAMES: Final = (*CLASSES, *FIGURES)
_CONFLICT: dict[int | str, dict[str, Any]] = {409: {"description": "its state does not allow it"}}


class Wanted(NamedTuple):
    """Of which class moves are asked for, and from and to which value of it; None: any."""

    name: str | None
    old: str | None
    new: str | None


async def _known_class(of: OfClass = None) -> str | None:
    if of is not None and of not in CLASSES:
        raise InvalidInput(f"there is no class {of}; there are {', '.join(CLASSES)}", code="class_unknown", field="of")
    return of


ClassDep = Annotated[str | None, Depends(_known_class)]


async def _wanted(of: ClassDep, before: Before = None, after: After = None) -> Wanted:
    if of is None and (before is not None or after is not None):
        raise InvalidInput("say of which class `before` and `after` are", code="class_missing", field="of")
    return Wanted(of, before, after)


WantedDep = Annotated[Wanted, Depends(_wanted)]


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
    session: SessionDep, simulation_id: UUID, of: ClassDep, _: Reader
) -> list[SampleRead]:
    """A few customers of each transition, with the reasons that differ."""
    return show_samples(await queries.get_simulation(session, simulation_id), of)


@router.get("/simulations/{simulation_id}/moves")
async def list_simulated_moves(
    session: SessionDep, simulation_id: UUID, page: PageDep, wanted: WantedDep, _: Reader
) -> Page[MoveRead]:
    """Everybody who would move, by id."""
    await queries.get_simulation(session, simulation_id)
    last = None if page.cursor is None else decode_cursor(page.cursor, UUID)[0]
    rows = await queries.list_moves(session, simulation_id, after=last, limit=page.limit + 1, **wanted._asdict())
    shown = [show_move(row) for row in rows[: page.limit]]
    more = len(rows) > page.limit
    return Page(items=shown, next_cursor=encode_cursor(shown[-1].customer_id) if more else None)


@router.get("/simulations/{simulation_id}/moves.csv", response_class=StreamingResponse, responses=TABLE)
async def export_simulated_moves(
    session: SessionDep, database: DatabaseDep, simulation_id: UUID, wanted: WantedDep, _: Reader
) -> StreamingResponse:
    """The same as CSV: per class and figure a column before and one after, empty where nothing changes."""
    await queries.get_simulation(session, simulation_id)
    columns = ("customer_id", *(f"{name}_{side}" for name in _NAMES for side in ("before", "after")))
    return csv_stream(f"simulation-{simulation_id}", columns, _portions(database, simulation_id, wanted))


async def _portions(database: Database, simulation_id: UUID, wanted: Wanted) -> AsyncIterator[Sequence[list[object]]]:
    last: UUID | None = None
    while True:
        async with database.snapshot() as session:
            rows = await queries.list_moves(session, simulation_id, after=last, limit=_AT_ONCE, **wanted._asdict())
        yield [_cells(show_move(row)) for row in rows]
        if len(rows) < _AT_ONCE:
            return
        last = rows[-1]["customer_id"]


def _cells(move: MoveRead) -> list[object]:
    changed: dict[str, tuple[object, object]] = {**move.classes, **move.figures}
    return [move.customer_id, *(side for name in _NAMES for side in changed.get(name, (None, None)))]
