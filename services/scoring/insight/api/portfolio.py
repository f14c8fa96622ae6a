"""Routes of what all customers together show, as JSON or CSV."""

from datetime import date, timedelta
from typing import Annotated, Literal

from fastapi import Query, Response

from services.scoring.insight.queries import portfolio as queries
from services.scoring.insight.schemas.portfolio import (
    CELL_COLUMNS,
    CLASS_COLUMNS,
    COHORT_COLUMNS,
    CURVE_COLUMNS,
    Cohorts,
    Distributions,
    ValuePotentialMap,
    WhaleCurve,
    rows_of,
    show_classes,
    show_cohorts,
    show_curve,
    show_map,
)
from services.scoring.permissions import Reader
from services.scoring.policies.queries import PolicyDep
from shared.errors import InvalidInput
from shared.service import ClockDep
from shared.web.csv_answer import TABLE, csv_answer
from shared.web.routing import SessionDep, api_router

router = api_router(prefix="/v1/portfolio", tags=["portfolio"])
Format = Annotated[Literal["json", "csv"], Query(description="csv gives one table, amounts in minor units")]
_MOST_MONTHS = 120


@router.get("/whale-curve", response_model=WhaleCurve, responses=TABLE)
async def get_whale_curve(
    session: SessionDep,
    policy: PolicyDep,
    _: Reader,
    points: Annotated[int, Query(ge=2, le=1000, description="how many, evenly spaced; the peak comes beside")] = 100,
    format: Format = "json",
) -> WhaleCurve | Response:
    """Realised margin of the best customers, adding one after the other: where it falls, customers cost money."""
    shown = show_curve(await queries.read_curve(session, points), policy.money.currency)
    return shown if format == "json" else csv_answer("whale-curve", CURVE_COLUMNS, rows_of(shown.points, CURVE_COLUMNS))


@router.get("/distributions", response_model=Distributions, responses=TABLE)
async def get_distributions(
    session: SessionDep, policy: PolicyDep, _: Reader, format: Format = "json"
) -> Distributions | Response:
    """How many customers are in each class, as last told, and what they are worth."""
    shown = show_classes(await queries.count_classes(session), policy.money.currency)
    return shown if format == "json" else csv_answer("classes", CLASS_COLUMNS, rows_of(shown.classes, CLASS_COLUMNS))


@router.get("/map", response_model=ValuePotentialMap, responses=TABLE)
async def get_map(
    session: SessionDep, policy: PolicyDep, _: Reader, format: Format = "json"
) -> ValuePotentialMap | Response:
    """Value × potential: customers with a purchase by quintiles of both. Quadrants are among the distributions."""
    shown = show_map(await queries.read_map(session), policy.money.currency)
    return shown if format == "json" else csv_answer("map", CELL_COLUMNS, rows_of(shown.cells, CELL_COLUMNS))


@router.get("/cohorts", response_model=Cohorts, responses=TABLE)
async def get_cohorts(
    session: SessionDep,
    policy: PolicyDep,
    clock: ClockDep,
    _: Reader,
    first: Annotated[
        date | None, Query(description="a day of the first month; two years before the last, if left out")
    ] = None,
    last: Annotated[date | None, Query(description="a day of the last month; this month, if left out")] = None,
    format: Format = "json",
) -> Cohorts | Response:
    """Customers by the month of their first purchase: who bought again, and for how much. Reads every purchase."""
    until = last or clock.now().astimezone(policy.zone).date()
    since = first or until - timedelta(days=731)
    if not 0 <= 12 * (until.year - since.year) + until.month - since.month < _MOST_MONTHS:
        raise InvalidInput(
            f"the months from first to last must be 1 to {_MOST_MONTHS}", code="months_out_of_range", field="first"
        )
    found = await queries.read_cohorts(session, first=since, last=until, policy=policy)
    shown = show_cohorts(found, policy.money.currency, policy.time_zone)
    if format == "json":
        return shown
    rows = ([one.cohort, *row] for one in shown.cohorts for row in rows_of(one.months, COHORT_COLUMNS[1:]))
    return csv_answer("cohorts", COHORT_COLUMNS, rows)
