"""Which occasions fell within a span of time, and what a rule would say of them, by what is known today."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Iterator, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from services.notification.audience.queries import count_living_in, find_matching_in, list_localities
from services.notification.local_days import local_date, zone_of
from services.notification.occasions import repository
from services.notification.occasions.basis import OccasionKey, basis_from
from services.notification.occasions.holidays import DueRound, rounds_between
from services.notification.occasions.holidays import plan_of as holiday_plan_of
from services.notification.occasions.instants import due_at
from services.notification.occasions.kinds import GREETINGS
from services.notification.occasions.models import Occasion
from services.notification.occasions.plans import plan_of
from services.notification.occasions.span import LONGEST_LEAD, days_between, reminders_between
from services.notification.policy import CarePolicy
from services.notification.rules.document import Rule
from services.notification.rules.vocabulary import about_customers
from services.notification.values import MessagePlan, OccasionKind
from shared.errors import InvalidInput

LONGEST_SPAN: Final = timedelta(days=366)
_MOST_ROWS: Final = 200_000
"""Of the calendar: more dates than these are not gone through for one question."""
MOST_ASKED: Final = 1_000_000
"""Customers of whom PostgreSQL is asked whether they are meant, each once for every holiday."""
_PORTION: Final = 1000
_ONE_DAY = timedelta(days=1)
_CALENDARS = (date(1900, 1, 1), date(2100, 12, 31))


@dataclass(frozen=True, slots=True)
class Happened:
    """How many occasions there were, and plans for those that may meet the rule's condition: in portions, and of each
    customer in the order in which they were due.
    """

    number: int
    plans: AsyncIterator[Sequence[MessagePlan]]


async def occasions_between(
    session: AsyncSession, rule: Rule, *, start: datetime, end: datetime, most: int, policy: CarePolicy
) -> Happened:
    """What fell due from `start` on and before `end`, as if all that is known today had always been known.

    Raises InvalidInput for more than can be gone through: a longer time, or more than `most` dates.
    """
    if end - start > LONGEST_SPAN or start.date() < _CALENDARS[0] or end.date() > _CALENDARS[1]:
        raise _too_wide(f"occasions are gone through for {LONGEST_SPAN.days} days at most, from 1900 to 2100")
    if rule.document.on.is_holiday:
        return await _holidays_between(session, rule, start, end, policy)
    plans: list[MessagePlan] = []
    async with aclosing(_rows_between(session, rule, start, end)) as rows:
        async for row in rows:
            plans += _plans_of(row, rule, start, end, policy)
            if len(plans) > most:
                raise _too_wide(f"more than {most} occasions fall due in that time")
    plans.sort(key=lambda plan: plan.happened_at)
    return Happened(len(plans), _in_portions(plans))


async def _rows_between(
    session: AsyncSession, rule: Rule, start: datetime, end: datetime
) -> AsyncGenerator[Occasion, None]:
    kind = OccasionKind(rule.document.on.occasion or "")
    ahead = timedelta() if kind in GREETINGS else LONGEST_LEAD
    days = days_between(start.date() - _ONE_DAY, end.date() + _ONE_DAY + ahead)
    seen = 0
    async with aclosing(repository.stream_on_days(session, kind, days)) as rows:
        async for row in rows:
            seen += 1
            if seen > _MOST_ROWS:
                raise _too_wide(f"there are more than {_MOST_ROWS} dates of this kind to go through")
            yield row


def _plans_of(row: Occasion, rule: Rule, start: datetime, end: datetime, policy: CarePolicy) -> Iterator[MessagePlan]:
    basis, key = basis_from(row.basis or {}), OccasionKey(OccasionKind(row.kind), row.subject)
    zone = zone_of(row.time_zone, default=policy.default_time_zone)
    first, last = start.date() - _ONE_DAY, end.date() + _ONE_DAY
    for said in reminders_between(basis, first, last, leap_day=policy.birthday.leap_day):
        at = due_at(said.due_day, row.kind, row.time_zone, policy)
        if start <= at < end:
            left = max(said.day - local_date(at, zone), timedelta()).days
            yield plan_of(rule.name, row.customer_id, key, basis, said, happened_at=at, days_left=left)


async def _in_portions(plans: Sequence[MessagePlan]) -> AsyncIterator[Sequence[MessagePlan]]:
    for first in range(0, len(plans), _PORTION):
        yield plans[first : first + _PORTION]


async def _holidays_between(
    session: AsyncSession, rule: Rule, start: datetime, end: datetime, policy: CarePolicy
) -> Happened:
    rounds = await asyncio.to_thread(rounds_between, [rule], await list_localities(session), start, end, policy)
    number = 0
    for one in rounds:
        number += len(one.said) * await count_living_in(session, one.locality, after=None)
        if number > MOST_ASKED:
            raise _too_wide(f"more than {MOST_ASKED} customers would have to be asked")
    return Happened(number, _asked(session, rule, rounds))


async def _asked(session: AsyncSession, rule: Rule, rounds: Sequence[DueRound]) -> AsyncIterator[Sequence[MessagePlan]]:
    wanted = about_customers(rule.condition)
    for one in rounds:
        after, more = None, True
        while more:
            portion = await find_matching_in(session, one.locality, wanted, at=one.due_at, after=after, limit=_PORTION)
            yield [holiday_plan_of(said, each, one.due_at) for each in portion.matching for said in one.said]
            after, more = portion.last, portion.last is not None


def _too_wide(detail: str) -> InvalidInput:
    return InvalidInput(f"{detail}: take less time", code="dry_run_too_wide", field="to")
