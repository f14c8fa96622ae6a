"""Deciding on the occasions that are due."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.notification.audience.use_cases import lock_members
from services.notification.desk import Desk
from services.notification.local_days import end_of_local_day, local_date, zone_of
from services.notification.messages.use_cases.planning import Proposal, record_decisions
from services.notification.occasions import repository
from services.notification.occasions.basis import basis_from
from services.notification.occasions.instants import later_instants
from services.notification.occasions.kinds import GREETINGS
from services.notification.occasions.models import Occasion
from services.notification.occasions.plans import plan_of
from services.notification.occasions.reminders import Reminder
from services.notification.occasions.use_cases.rows import following_row, key_of, reminder_of
from services.notification.policy import CarePolicy
from services.notification.rules.document import Rule
from services.notification.rules.queries import rules_in_force
from services.notification.values import Member


async def plan_due(session: AsyncSession, *, limit: int, desk: Desk) -> int:
    """Decides on up to `limit` occasions that are due, longest first; 0 means that nothing is due any more.

    Of workers that run this at once one waits for the other at the customers' locks, and then finds nothing left of
    that batch: customers are locked before their occasions everywhere, so that nobody deadlocks.
    """
    now = desk.clock.now()
    customer_ids = await repository.find_due_customers(session, now=now, limit=limit)
    if customer_ids:
        members = await lock_members(session, customer_ids, policy=desk.policy)
        await plan_for_members(session, members, now=now, desk=desk)
    return len(customer_ids)


async def plan_for_members(session: AsyncSession, members: Mapping[UUID, Member], *, now: datetime, desk: Desk) -> None:
    """Decides on what is due for these customers, one reminder of each occasion.

    Each rule on its kind is asked; where none is in force, the occasion passes without a record, year after year.
    """
    due = await repository.load_due(session, members, now=now)
    if not due:
        return
    book = await rules_in_force(session)
    proposals: list[Proposal] = []
    moved_on: list[dict[str, Any]] = []
    for occasion in due:
        said = reminder_of(occasion, desk.policy)
        if said is not None:
            rules, member = book.on_occasion(occasion.kind), members[occasion.customer_id]
            proposals += _proposals(occasion, said, member, rules, now, desk.policy)
            moved_on.append(following_row(occasion, said, desk.policy))
    await record_decisions(session, proposals, desk=desk)
    await repository.save_occasions(session, moved_on)


def _proposals(
    occasion: Occasion, said: Reminder, member: Member, rules: Sequence[Rule], now: datetime, policy: CarePolicy
) -> Iterator[Proposal]:
    zone = zone_of(occasion.time_zone, default=policy.default_time_zone)
    due_at = occasion.next_due_at or now
    missed = now >= end_of_local_day(due_at, zone)
    too_late = missed if occasion.kind in GREETINGS else _is_silly(occasion, said, now, policy)
    # What is made up for on a later day says how many days are left then.
    happened_at = now if missed and not too_late else due_at
    days_left = max(said.day - local_date(happened_at, zone), timedelta()).days
    for rule in rules:
        plan = plan_of(
            rule.name,
            occasion.customer_id,
            key_of(occasion),
            basis_from(occasion.basis or {}),
            said,
            happened_at=happened_at,
            days_left=days_left,
        )
        yield Proposal(plan, member, plan.recorded_at, too_late)


def _is_silly(occasion: Occasion, said: Reminder, now: datetime, policy: CarePolicy) -> bool:
    """A reminder after the day, one that a nearer one has overtaken, or one missed for too long."""
    zone = zone_of(occasion.time_zone, default=policy.default_time_zone)
    due_at = occasion.next_due_at or now
    nearer = later_instants(occasion.basis, said.day, said.lead, occasion.kind, occasion.time_zone, policy)
    return (
        local_date(now, zone) > max(said.day, local_date(due_at, zone))
        or (bool(nearer) and nearer[0] <= now)
        or (now - due_at > policy.occasions.catch_up)
    )
