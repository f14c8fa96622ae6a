"""Figures by which to prove that nothing was lost or doubled."""

from typing import Annotated

from fastapi import Query

from services.interaction.ingest.queries import list_totals, oldest_awaiting
from services.interaction.parameters import Reader, Since, Until
from services.interaction.reports.schemas import AwaitingTotals, KindTotal, Reconciliation
from shared.contracts.common import ShortText
from shared.service import ClockDep
from shared.web.routing import SessionDep, api_router

router = api_router(prefix="/v1/reconciliation", tags=["reports"])


@router.get("")
async def read_reconciliation(
    session: SessionDep,
    clock: ClockDep,
    _principal: Reader,
    source: Annotated[ShortText | None, Query(description="only what this system sent")] = None,
    since: Since = None,
    until: Until = None,
) -> Reconciliation:
    """Counts and exact sums by kind and currency, to compare with a source file or with scoring."""
    totals = await list_totals(session, source=source, since=since, until=until)
    recorded = [KindTotal.model_validate(total) for total in totals if total.state == "recorded"]
    awaiting = [KindTotal.model_validate(total) for total in totals if total.state == "awaiting_customer"]
    voided = [KindTotal.model_validate(total) for total in totals if total.state == "voided"]
    oldest, now = await oldest_awaiting(session), clock.now()
    return Reconciliation(
        as_of=now,
        count=sum(total.count for total in recorded),
        totals=recorded,
        voided=voided,
        awaiting=AwaitingTotals(
            count=sum(total.count for total in awaiting),
            oldest_recorded_at=oldest,
            oldest_waiting_seconds=None if oldest is None else int((now - oldest).total_seconds()),
            totals=awaiting,
        ),
    )
