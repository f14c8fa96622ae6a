"""Flags are raised and cleared, each with its reason and author; how many there are is told of the customer."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.customer.abuse.models import AbuseFlag
from services.customer.abuse.schemas import FlagCleared, FlagRaised
from services.customer.journal.use_cases import Entry
from services.customer.profiles.profile import CustomerRecord
from services.customer.profiles.use_cases.changes import keep_customer, lock_customer
from services.customer.profiles.use_cases.publication import Announcer
from shared.errors import Conflict, NotFound
from shared.ids import uuid7

MAX_ACTIVE = 50


async def raise_flag(
    session: AsyncSession,
    customer_id: UUID,
    raised: FlagRaised,
    *,
    announcer: Announcer,
    now: datetime,
    raised_by: str,
) -> AbuseFlag:
    """Raises NotFound, or Conflict when there are too many already."""
    customer = await lock_customer(session, customer_id)
    if customer.profile.abuse_flags_active >= MAX_ACTIVE:
        raise Conflict(f"a customer has at most {MAX_ACTIVE} active flags", code="abuse_flags_too_many")
    flag = AbuseFlag(
        flag_id=uuid7(),
        customer_id=customer_id,
        kind=raised.kind,
        reason=raised.reason,
        raised_at=now,
        raised_by=raised_by,
    )
    session.add(flag)
    entry = Entry(subject="abuse_flags", after=_summary(flag), reason=raised.reason)
    await _count(session, customer, entry, active=1, total=1, announcer=announcer, now=now, changed_by=raised_by)
    return flag


async def clear_flag(
    session: AsyncSession,
    customer_id: UUID,
    flag_id: UUID,
    cleared: FlagCleared,
    *,
    announcer: Announcer,
    now: datetime,
    cleared_by: str,
) -> AbuseFlag:
    """Raises NotFound, or Conflict when it was cleared before."""
    customer = await lock_customer(session, customer_id)
    flag = await session.get(AbuseFlag, flag_id)
    if flag is None or flag.customer_id != customer_id:
        raise NotFound(f"customer {customer_id} has no flag {flag_id}", code="abuse_flag_unknown")
    if flag.cleared_at is not None:
        raise Conflict("this flag was cleared before", code="abuse_flag_cleared")
    flag.cleared_at, flag.cleared_by, flag.cleared_reason = now, cleared_by, cleared.reason
    entry = Entry(subject="abuse_flags", before=_summary(flag), reason=cleared.reason)
    await _count(session, customer, entry, active=-1, total=0, announcer=announcer, now=now, changed_by=cleared_by)
    return flag


async def _count(
    session: AsyncSession,
    customer: CustomerRecord,
    entry: Entry,
    *,
    active: int,
    total: int,
    announcer: Announcer,
    now: datetime,
    changed_by: str,
) -> None:
    profile = replace(
        customer.profile,
        abuse_flags_active=customer.profile.abuse_flags_active + active,
        abuse_flags_total=customer.profile.abuse_flags_total + total,
    )
    await session.flush()
    await keep_customer(
        session,
        customer,
        replace(customer, profile=profile),
        announcer=announcer,
        now=now,
        changed_by=changed_by,
        beside=[entry],
    )


def _summary(flag: AbuseFlag) -> dict[str, str]:
    return {"flag_id": str(flag.flag_id), "kind": flag.kind}
