"""Events that profiles listen to."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from services.customer.profiles.use_cases.publication import Announcer
from services.customer.profiles.use_cases.reports import keep_preferences, keep_report
from services.customer.profiles.use_cases.scores import keep_scores
from shared.clock import Clock
from shared.contracts.envelope import Event
from shared.contracts.notification import PreferencesChanged


async def on_scores_changed(session: AsyncSession, events: Sequence[Event[Any]]) -> None:
    await keep_scores(session, [event.data for event in events])


class ReportConsumer:
    """What notification reports of customers: their own decisions, and contact points that do not work."""

    def __init__(self, announcer: Announcer, clock: Clock) -> None:
        self._announcer = announcer
        self._clock = clock

    async def on_reports(self, session: AsyncSession, events: Sequence[Event[Any]]) -> None:
        """Customers in the order of their ids, so that batches wait for each other and do not deadlock."""
        for event in sorted(events, key=lambda event: event.customer_id):
            keep = keep_preferences if isinstance(event.data, PreferencesChanged) else keep_report
            await keep(
                session,
                event.data,
                announcer=self._announcer,
                now=self._clock.now(),
                told_by=event.envelope.source,
            )
