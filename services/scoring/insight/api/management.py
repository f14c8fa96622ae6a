"""Routes of account management: key figures, movers of the week, and who may be lost, as JSON or CSV."""

import math
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import Query, Response

from services.scoring.insight.api.portfolio import Format
from services.scoring.insight.movers import MoverFigure
from services.scoring.insight.periods import Period, quarter_before
from services.scoring.insight.queries import kpis, movers, risks
from services.scoring.insight.schemas.management import (
    KPI_COLUMNS,
    MOVER_COLUMNS,
    RISK_COLUMNS,
    KpiReport,
    Movers,
    RiskRead,
    kpi_rows,
    mover_rows,
    risk_rows,
    show_kpis,
    show_movers,
    show_risk,
)
from services.scoring.permissions import Reader
from services.scoring.policies.queries import PolicyDep
from services.scoring.scores.queries import ContextsDep
from shared.errors import InvalidInput
from shared.instants import write_instant
from shared.service import ClockDep
from shared.web.csv_answer import TABLE, csv_answer, csv_stream
from shared.web.instants import WrittenInstant
from shared.web.pagination import Page, PageDep, decode_cursor, encode_cursor
from shared.web.routing import DatabaseDep, SessionDep, api_router

router = api_router(prefix="/v1/portfolio", tags=["portfolio"])
OwnerId = Annotated[str | None, Query(max_length=200, description="only customers of this account manager")]
_MOST_DAYS: Final = 3_660
_WEEK: Final = timedelta(days=7)


@router.get("/kpis", response_model=KpiReport, responses=TABLE)
async def get_kpis(
    session: SessionDep,
    policy: PolicyDep,
    contexts: ContextsDep,
    clock: ClockDep,
    _: Reader,
    first: Annotated[
        date | None, Query(description="first day of the period; the last quarter that has ended, if left out")
    ] = None,
    last: Annotated[date | None, Query(description="last day, included; with `first`, today if left out")] = None,
    format: Format = "json",
) -> KpiReport | Response:
    """Sales, margin, growth, receivables, forecast, satisfaction, wallet, new and kept customers, punctuality: of all
    customers and per account manager, beside the period before. Reads every fact."""
    today = clock.now().astimezone(policy.zone).date()
    period = _period(first, last, today)
    table = await kpis.read_kpis(session, period, policy=policy, measures=contexts.measures(policy))
    shown = show_kpis(table.rows(), period, period.before(), currency=policy.money.currency, time_zone=policy.time_zone)
    return shown if format == "json" else csv_answer("kpis", KPI_COLUMNS, kpi_rows(shown))


@router.get("/movers", response_model=Movers, responses=TABLE)
async def list_movers(
    session: SessionDep,
    contexts: ContextsDep,
    clock: ClockDep,
    _: Reader,
    figure: Annotated[MoverFigure, Query(description="by which to compare")] = "current_value",
    start: Annotated[WrittenInstant | None, Query(alias="from", description="a week before `to`, if left out")] = None,
    end: Annotated[WrittenInstant | None, Query(alias="to", description="now, if left out")] = None,
    owner_id: OwnerId = None,
    limit: Annotated[int, Query(ge=1, le=200, description="customers per direction")] = 20,
    format: Format = "json",
) -> Movers | Response:
    """Who rose and who fell most, between what had been told of them at two instants. A risk that rises is `up`."""
    until = end or clock.now()
    since = start or until - _WEEK
    _demand_order(since, until)
    currency = (await contexts.policies.in_force(session, until)).money.currency
    up, down = await movers.list_movers(
        session, figure, start=since, end=until, owner_id=owner_id, limit=limit, currency=currency
    )
    shown = Movers(
        figure=figure,
        currency=currency,
        start=since,
        end=until,
        up=show_movers(up),
        down=show_movers(down),
    )
    return shown if format == "json" else csv_answer("movers", MOVER_COLUMNS, mover_rows(shown))


@router.get("/risks", response_model=Page[RiskRead], responses=TABLE)
async def list_risks(
    session: SessionDep,
    database: DatabaseDep,
    policy: PolicyDep,
    page: PageDep,
    _: Reader,
    churn_risk_from: Annotated[float, Query(ge=0, le=100, description="only those at least so likely to be lost")] = 25,
    owner_id: OwnerId = None,
    format: Format = "json",
) -> Page[RiskRead] | Response:
    """Customers who may be lost, by current value × churn risk: those with the most to lose first, and why.

    As CSV all of them, whatever the limit.
    """
    least_tenths, currency = math.ceil(10 * churn_risk_from), policy.money.currency
    if format == "csv":
        portions = risks.stream_risks(database, least_tenths=least_tenths, owner_id=owner_id)
        return csv_stream("risks", RISK_COLUMNS, _written(portions, currency))
    after = None if page.cursor is None else decode_cursor(page.cursor, int, UUID)
    rows = await risks.list_risks(
        session, least_tenths=least_tenths, owner_id=owner_id, after=after, limit=page.limit + 1
    )
    shown = [show_risk(dict(row), currency) for row in rows[: page.limit]]
    more = len(rows) > page.limit
    return Page(
        items=shown, next_cursor=encode_cursor(shown[-1].at_risk.minor, shown[-1].customer_id) if more else None
    )


async def _written(
    portions: AsyncIterator[Sequence[Mapping[str, Any]]], currency: str
) -> AsyncIterator[Iterable[list[object]]]:
    async for rows in portions:
        yield risk_rows([show_risk(dict(row), currency) for row in rows])


def _period(first: date | None, last: date | None, today: date) -> Period:
    if first is None and last is None:
        return quarter_before(today)
    if first is None:
        raise InvalidInput("say the first day, too", code="period_incomplete", field="first")
    period = Period(first, last or today)
    if not 0 < period.days <= _MOST_DAYS:
        raise InvalidInput(
            f"the days from first to last must be 1 to {_MOST_DAYS}", code="period_out_of_range", field="first"
        )
    if not date(1971, 1, 1) <= first <= date(9000, 1, 1):
        raise InvalidInput("the years must be 1971 to 9000", code="period_out_of_range", field="first")
    return period


def _demand_order(start: datetime, end: datetime) -> None:
    if start > end:
        raise InvalidInput(
            f"from {write_instant(start)} lies after to {write_instant(end)}; swap them",
            code="period_reversed",
            field="from",
        )
