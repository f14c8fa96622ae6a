"""Decisions: one record for each message sent or deliberately not sent."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends

from services.notification.messages import queries
from services.notification.messages.queries import DecisionFilter
from services.notification.messages.schemas import DecisionRead
from services.notification.parameters import Reader, RuleFilter
from services.notification.values import Outcome, Reason
from shared.web.pagination import Page, PageDep
from shared.web.routing import SessionDep, api_router

router = api_router(prefix="/v1/decisions", tags=["decisions"])


async def _filter(
    customer_id: UUID | None = None,
    rule: RuleFilter = None,
    outcome: Outcome | None = None,
    reason: Reason | None = None,
) -> DecisionFilter:
    return DecisionFilter(customer_id=customer_id, rule=rule, outcome=outcome, reason=reason)


@router.get("")
async def list_decisions(
    session: SessionDep, wanted: Annotated[DecisionFilter, Depends(_filter)], page: PageDep, _principal: Reader
) -> Page[DecisionRead]:
    """Decisions that match, the latest first; `outcome=suppressed` tells what was not sent, and why."""
    return await queries.list_decisions(session, wanted, page)
