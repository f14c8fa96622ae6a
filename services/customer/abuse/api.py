"""Flags against customers who break the rules."""

from typing import Annotated
from uuid import UUID

from fastapi import Path, Query

from services.customer.abuse import queries, use_cases
from services.customer.abuse.schemas import FlagCleared, FlagRaised, FlagRead
from services.customer.parameters import CustomerId, Reader, Writer
from services.customer.telling import AnnouncerDep
from shared.service import ClockDep
from shared.web.pagination import Page, PageDep
from shared.web.routing import SessionDep, api_router

router = api_router(prefix="/v1/customers/{customer_id}/abuse-flags", tags=["abuse flags"])


@router.post("", status_code=201)
async def raise_flag(
    customer_id: CustomerId,
    raised: FlagRaised,
    session: SessionDep,
    announcer: AnnouncerDep,
    clock: ClockDep,
    principal: Writer,
) -> FlagRead:
    """Holds it against the customer that it broke the rules. Who does so is written down."""
    flag = await use_cases.raise_flag(
        session, customer_id, raised, announcer=announcer, now=clock.now(), raised_by=principal.subject
    )
    return FlagRead.model_validate(flag)


@router.get("")
async def list_flags(
    customer_id: CustomerId,
    session: SessionDep,
    page: PageDep,
    _principal: Reader,
    active_only: Annotated[bool, Query(description="without those that were cleared")] = False,
) -> Page[FlagRead]:
    """Flags of a customer, the last raised first."""
    return await queries.list_flags(session, customer_id, page, active_only=active_only)


@router.post("/{flag_id}/clear")
async def clear_flag(
    customer_id: CustomerId,
    flag_id: Annotated[UUID, Path(description="the flag's id")],
    cleared: FlagCleared,
    session: SessionDep,
    announcer: AnnouncerDep,
    clock: ClockDep,
    principal: Writer,
) -> FlagRead:
    """Takes a flag back; it stays readable."""
    flag = await use_cases.clear_flag(
        session,
        customer_id,
        flag_id,
        cleared,
        announcer=announcer,
        now=clock.now(),
        cleared_by=principal.subject,
    )
    return FlagRead.model_validate(flag)
