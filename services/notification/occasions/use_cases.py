"""Keeping the calendar of birthdays, and deciding on those that are due. The customers' rows are locked throughout."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.notification.audience.use_cases import KnownMember, lock_members
from services.notification.desk import Desk
from services.notification.local_days import due_instant, end_of_local_day, local_date, zone_of
from services.notification.messages.use_cases.planning import Proposal, record_decisions
from services.notification.occasions import repository
from services.notification.occasions.birthdays import BirthCalendar, BirthDate, Occurrence, next_of_later_year
from services.notification.occasions.models import Occasion
from services.notification.policy import CarePolicy
from services.notification.values import Member, MessagePlan, RuleName
from shared.contracts.customer import Birthday


async def schedule_birthdays(session: AsyncSession, told: Sequence[KnownMember], *, desk: Desk) -> None:
    """Brings the calendar in line with profiles just told, and decides at once on what is due by them already.

    A day that was over when the profile was told is not made up for; one that was not yet over counts. As long as
    birthday and zone stay the same, nothing moves: a change of name must not pass over a greeting that is still due.
    """
    kept = await repository.load_occasions(session, [one.member.customer_id for one in told])
    changed = [
        row for one in told if (row := _rescheduled(kept.get(one.member.customer_id), one, desk.policy)) is not None
    ]
    await repository.save_occasions(session, changed)
    members = {one.member.customer_id: one.member for one in told}
    now = desk.clock.now()
    due = await repository.load_due(session, [row["customer_id"] for row in changed], now=now)
    await _plan(session, due, members, now=now, desk=desk)


async def plan_due(session: AsyncSession, *, limit: int, desk: Desk) -> int:
    """Decides on up to `limit` occasions that are due, longest first; 0 means that nothing is due any more.

    Of workers that run this at once one waits for the other at the customers' locks, and then finds nothing left of
    that batch: customers are locked before their occasions everywhere, so that nobody deadlocks.
    """
    now = desk.clock.now()
    customer_ids = await repository.find_due_customers(session, now=now, limit=limit)
    if customer_ids:
        members = await lock_members(session, customer_ids, policy=desk.policy)
        due = await repository.load_due(session, customer_ids, now=now)
        await _plan(session, due, members, now=now, desk=desk)
    return len(customer_ids)


async def forget_occasions(session: AsyncSession, customer_ids: Collection[UUID]) -> None:
    if customer_ids:
        await repository.delete_occasions(session, customer_ids)


async def _plan(
    session: AsyncSession, due: Sequence[Occasion], members: Mapping[UUID, Member], *, now: datetime, desk: Desk
) -> None:
    proposals: list[Proposal] = []
    moved_on: list[dict[str, Any]] = []
    for occasion in due:
        if occasion.next_due_at is None or occasion.next_day is None:
            continue
        zone = zone_of(occasion.time_zone, default=desk.policy.default_time_zone)
        plan = MessagePlan(
            customer_id=occasion.customer_id,
            rule=RuleName.BIRTHDAY,
            occasion=str(occasion.year),
            happened_at=occasion.next_due_at,
            recorded_at=occasion.next_due_at,
            of_day=True,
        )
        too_late = now >= end_of_local_day(occasion.next_due_at, zone)
        proposals.append(Proposal(plan, members[occasion.customer_id], plan.recorded_at, too_late))
        moved_on.append(_following(occasion, occasion.next_day, desk.policy))
    await record_decisions(session, proposals, desk=desk)
    await repository.save_occasions(session, moved_on)


def _rescheduled(kept: Occasion | None, told: KnownMember, policy: CarePolicy) -> dict[str, Any] | None:
    """The row as it should be now, or None when it is as it should be."""
    member = told.member
    birth = _birth_row(told.birthday)
    if kept is None and birth is None:
        return None
    last_year = kept.last_year if kept is not None else None
    if kept is None or kept.birth != birth:
        zone = zone_of(member.time_zone, default=policy.default_time_zone)
        day_before = local_date(told.changed_at, zone) - timedelta(days=1)
        return _row(member.customer_id, birth, member.time_zone, after=day_before, last_year=last_year, policy=policy)
    if kept.time_zone == member.time_zone:
        return None
    if kept.next_day is None or kept.year is None:
        return _kept_row(kept) | {"time_zone": member.time_zone}
    due_at = _due_at(kept.next_day, member.time_zone, policy)
    return _kept_row(kept) | {"time_zone": member.time_zone, "next_due_at": due_at}


def _following(occasion: Occasion, day: date, policy: CarePolicy) -> dict[str, Any]:
    return _row(
        occasion.customer_id, occasion.birth, occasion.time_zone, after=day, last_year=occasion.year, policy=policy
    )


def _row(
    customer_id: UUID,
    birth: dict[str, Any] | None,
    time_zone: str,
    *,
    after: date,
    last_year: int | None,
    policy: CarePolicy,
) -> dict[str, Any]:
    row: dict[str, Any] = {
        "customer_id": customer_id,
        "kind": repository.BIRTHDAY,
        "next_day": None,
        "next_due_at": None,
        "year": None,
        "last_year": last_year,
        "obstacle": None,
        "birth": birth,
        "time_zone": time_zone,
    }
    if birth is None:
        return row
    found = next_of_later_year(_birth_date(birth), after, beyond_year=last_year, leap_day=policy.birthday.leap_day)
    if not isinstance(found, Occurrence):
        return row | {"obstacle": found.value}
    return row | {"next_day": found.day, "next_due_at": _due_at(found.day, time_zone, policy), "year": found.year}


def _kept_row(kept: Occasion) -> dict[str, Any]:
    return kept.model_dump()


def _due_at(day: date, time_zone: str, policy: CarePolicy) -> datetime:
    return due_instant(day, policy.birthday.local_time, zone_of(time_zone, default=policy.default_time_zone))


def _birth_row(birthday: Birthday | None) -> dict[str, Any] | None:
    """Without the year of birth, which decides nothing here: a corrected year must not move the greeting."""
    return birthday.model_dump(mode="json", exclude={"year"}) if birthday is not None else None


def _birth_date(birth: Mapping[str, Any]) -> BirthDate:
    return BirthDate(
        calendar=BirthCalendar(birth["calendar"]),
        month=birth["month"],
        day=birth["day"],
        leap_month=birth["leap_month"],
    )
