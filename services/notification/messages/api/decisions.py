"""Decisions: one record for each message sent or deliberately not sent."""

from dataclasses import replace
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Query

from services.notification.messages import queries
from services.notification.messages.queries import DecisionFilter
from services.notification.messages.schemas import DecisionRead
from services.notification.parameters import CustomerId, Reader, RuleFilter
from services.notification.values import Outcome, Reason
from shared.web.instants import WrittenInstant
from shared.web.pagination import Page, PageDep
from shared.web.routing import SessionDep, api_router

router = api_router(prefix="/v1/decisions", tags=["decisions"])
of_customers = api_router(prefix="/v1/customers", tags=["decisions"])


async def _filter(
    rule: RuleFilter = None,
    outcome: Outcome | None = None,
    reason: Reason | None = None,
    start: Annotated[WrittenInstant | None, Query(alias="from", description="decided from then on")] = None,
    end: Annotated[WrittenInstant | None, Query(alias="to", description="decided before")] = None,
) -> DecisionFilter:
    return DecisionFilter(rule=rule, outcome=outcome, reason=reason, start=start, end=end)


Wanted = Annotated[DecisionFilter, Depends(_filter)]


@router.get("")
async def list_decisions(
    session: SessionDep, wanted: Wanted, page: PageDep, _principal: Reader, customer_id: UUID | None = None
) -> Page[DecisionRead]:
    """Decisions that match, the latest first; `outcome=suppressed` tells what was not sent, and why."""
    return await queries.list_decisions(session, replace(wanted, customer_id=customer_id), page)


@of_customers.get("/{customer_id}/decisions")
async def list_customer_decisions(
    customer_id: CustomerId, session: SessionDep, wanted: Wanted, page: PageDep, _principal: Reader
) -> Page[DecisionRead]:
    """Why this customer got what it got, and did not get what it did not; the latest first, in words too."""
    return await queries.list_decisions(session, replace(wanted, customer_id=customer_id), page)
