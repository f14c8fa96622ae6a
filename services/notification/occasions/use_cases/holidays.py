"""Deciding on what rules say on holidays: locality by locality, everybody there in portions."""

import asyncio
from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncSession

from services.notification.audience.localities import Locality
from services.notification.audience.queries import find_matching_in, list_localities
from services.notification.audience.use_cases import lock_members
from services.notification.desk import Desk
from services.notification.messages.use_cases.planning import Proposal, record_decisions
from services.notification.occasions import repository
from services.notification.occasions.holidays import (
    Said,
    day_ends_at,
    days_in_play,
    locality_of,
    may_be_due,
    plan_of,
    plans_now,
    rounds_due,
    said_on,
)
from services.notification.policy import CarePolicy
from services.notification.rules.book import RuleBook
from services.notification.rules.document import Rule
from services.notification.rules.queries import rules_in_force
from services.notification.rules.vocabulary import about_customers, facts_for
from services.notification.values import Member, MemberState, MessagePlan, OccasionKind
from shared.conditions.condition import AnyOf, holds


async def plan_holidays(session: AsyncSession, *, limit: int, desk: Desk) -> int:
    """Asks up to `limit` customers of a locality what is said to them on the holiday that it is there.

    Returns how many there were and at least 1 while any round is open, else 0. Who does not meet a rule's condition
    leaves no record, as with events: a holiday is everybody's, and a rule may be for few.
    """
    now = desk.clock.now()
    rules = (await rules_in_force(session)).on_occasion(OccasionKind.HOLIDAY)
    await _open_rounds(session, rules, now, desk.policy)
    taken = await repository.take_round(session)
    if taken is None:
        return 0
    locality = Locality(taken.time_zone, taken.region)
    said = said_on(taken.day, locality.region, rules)
    topics = sorted(one.topic for one in said)
    if not topics:  # the rules were retired, or changed, meanwhile
        await repository.advance_round(session, taken, topics=(), after=None)
        return 1
    wanted = AnyOf(tuple(about_customers(one.rule.condition) for one in said))
    portion = await find_matching_in(session, locality, wanted, at=taken.due_at, after=taken.after, limit=limit)
    members = await lock_members(session, portion.matching, policy=desk.policy)
    proposals = _proposals(taken, locality, said, members.values(), now, desk.policy)
    await record_decisions(session, list(proposals), desk=desk)
    await repository.advance_round(session, taken, topics=topics, after=portion.last)
    return max(1, len(portion.matching))


async def greet_told(session: AsyncSession, told: Collection[Member], book: RuleBook, *, desk: Desk) -> None:
    """Decides on what is due already to those whose profile has just come, or changed: they joined or moved on the day
    itself, maybe after the round of their locality. The customers are locked.
    """
    now, rules = desk.clock.now(), book.on_occasion(OccasionKind.HOLIDAY)
    proposals = [
        Proposal(plan, member, plan.recorded_at)
        for member in (told if rules else ())
        for said, plan in plans_now(rules, member, now, desk.policy)
        if _is_meant(said, plan, member)
    ]
    await record_decisions(session, proposals, desk=desk)


async def forget_rounds(session: AsyncSession, *, before: datetime) -> None:
    """A round is needed as long as its day may not be over."""
    await repository.delete_rounds_before(session, before.date())


async def _open_rounds(session: AsyncSession, rules: Sequence[Rule], now: datetime, policy: CarePolicy) -> None:
    if not rules or not may_be_due(rules, now):
        return
    localities = await list_localities(session)
    # The calendars of many regions, worked out for the first time, take seconds.
    due = await asyncio.to_thread(rounds_due, rules, localities, now, policy)
    if not due:
        return
    opened = await repository.load_topics(session, days_in_play(now))
    rows = [
        {**one.locality._asdict(), "day": one.day, "due_at": one.due_at, "topics": one.topics}
        for one in due
        if not opened.get((one.day, one.locality), frozenset()).issuperset(one.topics)
    ]
    await repository.open_rounds(session, rows)


def _proposals(
    taken: Row[Any],
    locality: Locality,
    said: Sequence[Said],
    members: Collection[Member],
    now: datetime,
    policy: CarePolicy,
) -> Iterator[Proposal]:
    """Of those who still live there; who has moved since was dealt with when that was told."""
    ends_at = day_ends_at(taken.day, locality, policy)
    for member in members:
        registered_at = member.traits.get("registered_at")
        joined_later = isinstance(registered_at, datetime) and registered_at >= ends_at
        if member.state is not MemberState.KNOWN or locality_of(member) != locality or joined_later:
            continue
        for one in said:
            plan = plan_of(one, member.customer_id, taken.due_at)
            if _is_meant(one, plan, member):
                yield Proposal(plan, member, plan.recorded_at, too_late=now >= ends_at)


def _is_meant(said: Said, plan: MessagePlan, member: Member) -> bool:
    return holds(said.rule.condition, facts_for(plan.inputs, member), plan.recorded_at)
