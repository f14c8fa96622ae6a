"""How far planning is."""

import asyncio
from collections.abc import Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.notification.audience.localities import Locality
from services.notification.audience.queries import count_living_in, list_localities
from services.notification.occasions import repository
from services.notification.occasions.holidays import days_in_play, may_be_due, next_round, rounds_due
from services.notification.occasions.models import Occasion
from services.notification.occasions.schemas import ProgressRead
from services.notification.policy import CarePolicy
from services.notification.rules.document import Rule
from services.notification.rules.queries import rules_in_force
from services.notification.values import OccasionKind

_INSTANT_BEFORE = timedelta(microseconds=1)


async def get_progress(session: AsyncSession, *, now: datetime, policy: CarePolicy) -> ProgressRead:
    """How far planning is, read from the calendar itself: what was decided on has moved on to its next occurrence.

    An anniversary that is not celebrated moves on without a word, so nobody needs to know when.
    """
    due_at = col(Occasion.next_due_at)
    book = await rules_in_force(session)
    celebrated = [kind.value for kind in OccasionKind if book.on_occasion(kind)]
    coming = select(func.min(due_at)).where(due_at > now, col(Occasion.kind).in_(celebrated))
    backlog, oldest = (await session.execute(select(func.count(), func.min(due_at)).where(due_at <= now))).one()
    rules = book.on_occasion(OccasionKind.HOLIDAY)
    asked, oldest_round = await _rounds_behind(session, rules, now, policy)
    behind = [instant for instant in (oldest, oldest_round) if instant is not None]
    ahead = [
        instant
        for instant in (await session.scalar(coming), await _next_round(session, rules, now, policy))
        if instant is not None
    ]
    return ProgressRead(
        now=now,
        planned_until=min(behind) - _INSTANT_BEFORE if behind else now,
        next_due_at=min(ahead, default=None),
        backlog=backlog + asked,
    )


async def _rounds_behind(
    session: AsyncSession, rules: Sequence[Rule], now: datetime, policy: CarePolicy
) -> tuple[int, datetime | None]:
    """How many customers are still to be asked, in rounds begun and not yet begun, and since when."""
    waiting: dict[tuple[date, Locality], tuple[datetime, int]] = {}
    for row in await repository.load_open_rounds(session):
        locality = Locality(row.time_zone, row.region)
        left = await count_living_in(session, locality, after=row.after)
        waiting[row.day, locality] = (row.due_at, left)
    if rules and may_be_due(rules, now):
        opened = await repository.load_topics(session, days_in_play(now))
        for one in await asyncio.to_thread(rounds_due, rules, await list_localities(session), now, policy):
            if not opened.get((one.day, one.locality), frozenset()).issuperset(one.topics):
                # Also of a round that is open: it begins anew, with everybody.
                everybody = await count_living_in(session, one.locality, after=None)
                waiting[one.day, one.locality] = (one.due_at, everybody)
    customers = sum(left for _, left in waiting.values())
    return customers, min((due_at for due_at, _ in waiting.values()), default=None)


async def _next_round(
    session: AsyncSession, rules: Sequence[Rule], now: datetime, policy: CarePolicy
) -> datetime | None:
    if not rules:
        return None
    # The calendars of many regions take long: nothing for an event loop that others wait at.
    return await asyncio.to_thread(next_round, rules, await list_localities(session), now, policy)
