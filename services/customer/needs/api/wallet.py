"""What a customer is thought to spend in a year, by category. Estimating asks for no If-Match: it states one fact."""

from typing import Annotated

from fastapi import Path

from services.customer.needs import use_cases
from services.customer.needs.queries import wallet_read
from services.customer.needs.schemas import EstimateGiven, WalletRead
from services.customer.parameters import CustomerId, Reader, Writer
from services.customer.profiles.queries import get_customer
from services.customer.profiles.schemas.fields import Line
from services.customer.telling import AnnouncerDep
from shared.service import ClockDep
from shared.web.routing import SessionDep, api_router

router = api_router(prefix="/v1/customers/{customer_id}/wallet", tags=["needs"])
Category = Annotated[Line, Path(max_length=200, description="as on the lines of purchases")]


@router.get("")
async def read_wallet(customer_id: CustomerId, session: SessionDep, _principal: Reader) -> WalletRead:
    """The estimates, by category."""
    return wallet_read(await get_customer(session, customer_id))


@router.put("/{category}")
async def estimate_spend(
    customer_id: CustomerId,
    category: Category,
    given: EstimateGiven,
    session: SessionDep,
    announcer: AnnouncerDep,
    clock: ClockDep,
    principal: Writer,
) -> WalletRead:
    """Estimates the yearly spend on a category, with everybody, in place of the estimate before."""
    record = await use_cases.estimate_spend(
        session, customer_id, category, given, announcer=announcer, now=clock.now(), changed_by=principal.subject
    )
    return wallet_read(record)


@router.delete("/{category}")
async def drop_estimate(
    customer_id: CustomerId,
    category: Category,
    session: SessionDep,
    announcer: AnnouncerDep,
    clock: ClockDep,
    principal: Writer,
) -> WalletRead:
    """Takes the estimate for a category back. What is left comes back."""
    record = await use_cases.drop_estimate(
        session, customer_id, category, announcer=announcer, now=clock.now(), changed_by=principal.subject
    )
    return wallet_read(record)
