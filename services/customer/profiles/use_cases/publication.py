"""Telling others: every change of a customer as facts for all and as the profile for those who may know it."""

from collections.abc import Iterable
from itertools import chain

from sqlalchemy.ext.asyncio import AsyncSession

from services.customer.profiles.announcements import facts_of, profile_of
from services.customer.profiles.coverage import CoveragePolicy
from services.customer.profiles.profile import CustomerRecord
from shared.messaging.outbox import NewEvent, Outbox


class Announcer:
    """Appends what is to be told to the caller's transaction; what it says of coverage follows its policy."""

    def __init__(self, outbox: Outbox, policy: CoveragePolicy) -> None:
        self._outbox = outbox
        self._policy = policy

    async def publish(self, session: AsyncSession, records: Iterable[CustomerRecord]) -> None:
        """The caller holds the row of each record (locked, or inserted just now), which keeps order per customer."""
        await self._outbox.append(session, list(chain.from_iterable(self._events_of(record) for record in records)))

    async def append(self, session: AsyncSession, event: NewEvent) -> None:
        """One more event about a customer, whose row the caller holds."""
        await self._outbox.append(session, [event])

    def _events_of(self, record: CustomerRecord) -> tuple[NewEvent, NewEvent]:
        return (
            NewEvent(data=facts_of(record, self._policy), customer_id=record.customer_id, time=record.changed_at),
            NewEvent(data=profile_of(record), customer_id=record.customer_id, time=record.changed_at),
        )
