"""Routes of models: list them, look at one, ask for a new one."""

from typing import Annotated, Final
from uuid import UUID

from fastapi import Path, Query, Response, status

from services.scoring.lifetime import queries, use_cases
from services.scoring.lifetime.calibration import GroupPrediction
from services.scoring.lifetime.plotting import draw_hold_out
from services.scoring.lifetime.schemas import FitRead, ModelRead, ReportRead, show_fit, show_model, show_report
from services.scoring.permissions import Admin, Reader
from services.scoring.policies.queries import PolicyDep
from shared.service import ClockDep
from shared.web.pagination import Page, PageDep, decode_cursor, encode_cursor
from shared.web.routing import SessionDep, api_router

SVG: Final = "image/svg+xml"
Version = Annotated[int, Path(ge=1, le=2**31 - 1)]
Segment = Annotated[str | None, Query(max_length=100, description="of a segment with a model of its own")]

router = api_router(prefix="/v1/models", tags=["models"])


@router.get("")
async def list_models(session: SessionDep, page: PageDep, _: Reader) -> Page[ModelRead]:
    """Fitted models, the newest first."""
    before = None if page.cursor is None else decode_cursor(page.cursor, int)[0]
    rows = await queries.list_models(session, limit=page.limit + 1, before=before)
    checks = await queries.read_checks(session, [row.version for row in rows if row.version is not None])
    shown = [show_model(row, checks.get(row.version or 0)) for row in rows[: page.limit]]
    more = len(rows) > page.limit
    return Page(items=shown, next_cursor=encode_cursor(shown[-1].version) if more else None)


@router.post("/fit", status_code=status.HTTP_202_ACCEPTED)
async def request_fit(session: SessionDep, clock: ClockDep, policy: PolicyDep, response: Response, _: Admin) -> FitRead:
    """Asks for a model of everything known until the present day; a worker fits it within seconds.

    Poll the address in `Location` until the state is `done` or `refused`. A request that still waits is brought up to
    the present, and is the answer.
    """
    fit = await use_cases.request_fit(session, requested_at=clock.now(), policy=policy)
    response.headers["Location"] = f"/v1/models/fits/{fit.fit_id}"
    return show_fit(fit)


@router.get("/fits/{fit_id}")
async def get_fit(session: SessionDep, fit_id: UUID, _: Reader) -> FitRead:
    """How far a requested fit is."""
    return show_fit(await queries.get_fit(session, fit_id))


@router.get("/{version}")
async def get_model(session: SessionDep, version: Version, _: Reader) -> ModelRead:
    """One model, with its goodness of fit, the models it was chosen from, and how purchases have gone since."""
    checks = await queries.read_checks(session, [version])
    return show_model(await queries.get_model(session, version), checks.get(version))


@router.get("/{version}/report")
async def get_report(session: SessionDep, version: Version, _: Reader, segment: Segment = None) -> ReportRead:
    """How the model predicted a period it had not seen: purchases per group, and the coverage of its intervals."""
    return show_report(*await queries.get_report(session, version, segment))


@router.get(
    "/{version}/report.svg",
    response_class=Response,
    responses={200: {"content": {SVG: {"schema": {"type": "string"}}}}},
)
async def get_report_plot(session: SessionDep, version: Version, _: Reader, segment: Segment = None) -> Response:
    """Predicted against actual purchases per group, as a plot."""
    report = show_report(*await queries.get_report(session, version, segment))
    groups = [GroupPrediction(**group.model_dump()) for group in report.hold_out.groups]
    return Response(draw_hold_out(groups, report.weeks), media_type=SVG)
