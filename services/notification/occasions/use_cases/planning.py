"""Deciding on the occasions that are due."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.notification.audience.use_cases import lock_members
from services.notification.desk import Desk
from services.notification.local_days import end_of_local_day, local_date, zone_of
from services.notification.messages.use_cases.planning import Proposal, record_decisions
from services.notification.occasions import repository
from services.notification.occasions.basis import Basis, anniversary_started, basis_from
from services.notification.occasions.instants import later_instants
from services.notification.occasions.kinds import GREETINGS
from services.notification.occasions.models import Occasion
from services.notification.occasions.reminders import Reminder
from services.notification.occasions.use_cases.rows import following_row, reminder_of
from services.notification.policy import CarePolicy
from services.notification.rules.document import Rule
from services.notification.rules.queries import rules_in_force
from services.notification.values import Member, MessagePlan, OccasionKind
from shared.conditions.vocabulary import Value


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
    facts = _facts(occasion, said, local_date(happened_at, zone))
    inputs: dict[str, Value] = {**facts, "lead_days": said.lead}
    for rule in rules:
        plan = MessagePlan(
            customer_id=occasion.customer_id,
            rule=rule.name,
            occasion=_name_of(occasion, said),
            happened_at=happened_at,
            recorded_at=happened_at,
            facts=facts,
            inputs=inputs,
            of_day=True,
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


def _name_of(occasion: Occasion, said: Reminder) -> str:
    """What makes it unique: the year of a greeting; of a reminder the day, so that a date put off is reminded of."""
    if occasion.kind not in GREETINGS:
        return f"{occasion.subject}:{said.day.isoformat()}:{said.lead}"
    return f"{occasion.subject}:{said.year}" if occasion.subject else str(said.year)


def _facts(occasion: Occasion, said: Reminder, today: date) -> dict[str, str]:
    if occasion.kind == OccasionKind.BIRTHDAY:
        return {}
    basis = basis_from(occasion.basis or {})
    if occasion.kind in GREETINGS:
        return _years(occasion, basis, said)
    left = {
        "lead_days": str(said.lead),
        "on": said.day.isoformat(),
        "days": str(max(said.day - today, timedelta()).days),
    }
    return left | ({"label": basis.label} if basis.label else {})


def _years(occasion: Occasion, basis: Basis, said: Reminder) -> dict[str, str]:
    if occasion.kind == OccasionKind.WEDDING or basis.year is None:
        return {}
    return {"years": str(said.year - anniversary_started(basis).year)}
