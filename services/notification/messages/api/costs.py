"""What messages cost: sums over a time, by provider, channel, day and rule."""

from datetime import timedelta
from typing import Annotated, Literal

from fastapi import Query, Response

from services.notification.messages import queries
from services.notification.messages.queries import CostFilter
from services.notification.messages.schemas import COST_COLUMNS, CostDimension, CostsRead
from services.notification.parameters import DeskDep, Reader
from shared.errors import Malformed
from shared.web.csv_answer import TABLE, csv_answer
from shared.web.instants import WrittenInstant
from shared.web.routing import SessionDep, api_router

router = api_router(prefix="/v1/costs", tags=["costs"])

_DEFAULT_SPAN = timedelta(days=31)
_LONGEST_SPAN = timedelta(days=366)


@router.get("", response_model=CostsRead, responses=TABLE)
async def read_costs(
    session: SessionDep,
    desk: DeskDep,
    _principal: Reader,
    start: Annotated[WrittenInstant | None, Query(alias="from", description="settled from then on")] = None,
    end: Annotated[WrittenInstant | None, Query(alias="to", description="and before; by default now")] = None,
    by: Annotated[list[CostDimension] | None, Query(description="what is told apart; by default all")] = None,
    format: Literal["json", "csv"] = "json",
) -> CostsRead | Response:
    """What was paid for: messages, units and cost by currency; what has no price is not in it. 366 days at most."""
    last = end or desk.clock.now()
    first = start or last - _DEFAULT_SPAN
    if not timedelta() < last - first <= _LONGEST_SPAN:
        raise Malformed("must be later than `from`, by 366 days at most", code="span_unsuitable", field="to")
    wanted = CostFilter(start=first, end=last, by=tuple(dict.fromkeys(by or CostDimension)))
    shown = await queries.sum_costs(session, wanted, time_zone=desk.policy.default_time_zone)
    if format == "json":
        return shown
    rows = [[getattr(row, name) for name in COST_COLUMNS] for row in shown.items]
    return csv_answer("costs", COST_COLUMNS, rows)
