"""Days to think of are added, replaced and removed; the customer's profile tells of them."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.customer.dates.schemas import ImportantDateGiven
from services.customer.profiles.important_dates import check_date, with_date
from services.customer.profiles.profile import CustomerRecord
from services.customer.profiles.use_cases.changes import lock_customer, revise_customer
from services.customer.profiles.use_cases.publication import Announcer
from shared.contracts.customer import ImportantDate
from shared.errors import NotFound


def date_of(given: ImportantDateGiven, date_id: UUID) -> ImportantDate:
    return ImportantDate.model_validate({**given.model_dump(), "date_id": date_id})


async def set_date(
    session: AsyncSession,
    customer_id: UUID,
    date_id: UUID,
    given: ImportantDateGiven,
    *,
    announcer: Announcer,
    now: datetime,
    changed_by: str,
) -> CustomerRecord:
    """Adds the date, or replaces the one with its id. Raises NotFound, InvalidInput, Conflict for too many."""
    before = await lock_customer(session, customer_id)
    dates = with_date(before.profile.important_dates, check_date(date_of(given, date_id)))
    return await revise_customer(
        session, before, {"important_dates": dates}, announcer=announcer, now=now, changed_by=changed_by
    )


async def remove_date(
    session: AsyncSession, customer_id: UUID, date_id: UUID, *, announcer: Announcer, now: datetime, changed_by: str
) -> CustomerRecord:
    """Raises NotFound for an unknown customer or date."""
    before = await lock_customer(session, customer_id)
    left = tuple(held for held in before.profile.important_dates if held.date_id != date_id)
    if len(left) == len(before.profile.important_dates):
        raise NotFound(f"customer {customer_id} has no date {date_id}", code="important_date_unknown")
    return await revise_customer(
        session, before, {"important_dates": left}, announcer=announcer, now=now, changed_by=changed_by
    )
