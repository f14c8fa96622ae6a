"""Telling others: every change of a customer as facts for all and as the profile for those who may know it."""

from collections.abc import Iterable
from itertools import chain

from sqlalchemy.ext.asyncio import AsyncSession

from services.customer.profiles.announcements import facts_of, profile_of
from services.customer.profiles.profile import CustomerRecord
from shared.messaging.outbox import NewEvent, Outbox


async def publish(session: AsyncSession, outbox: Outbox, records: Iterable[CustomerRecord]) -> None:
    """The caller holds the row of each record (locked, or inserted just now), which keeps order per customer."""
    await outbox.append(session, list(chain.from_iterable(_events_of(record) for record in records)))


def _events_of(record: CustomerRecord) -> tuple[NewEvent, NewEvent]:
    return (
        NewEvent(data=facts_of(record), customer_id=record.customer_id, time=record.changed_at),
        NewEvent(data=profile_of(record), customer_id=record.customer_id, time=record.changed_at),
    )
