"""Bringing the calendar in line with what profiles and purchases tell."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncSession

from services.notification.audience.use_cases import KnownMember
from services.notification.desk import Desk
from services.notification.local_days import zone_of
from services.notification.occasions import repository
from services.notification.occasions.basis import (
    Basis,
    OccasionKey,
    bases_of_dates,
    basis_of_anniversary,
    basis_of_birthday,
)
from services.notification.occasions.kinds import GREETINGS
from services.notification.occasions.models import FirstPurchase, Occasion
from services.notification.occasions.use_cases.planning import plan_for_members
from services.notification.occasions.use_cases.rows import Row, first_row, moved_row
from services.notification.policy import CarePolicy
from services.notification.values import Member, MemberState, OccasionKind
from shared.contracts.interaction import PurchaseRecorded

_BIRTHDAY = OccasionKey(OccasionKind.BIRTHDAY)
_CUSTOMER_SINCE = OccasionKey(OccasionKind.CUSTOMER_SINCE)
_PURCHASE_ANNIVERSARY = OccasionKey(OccasionKind.PURCHASE_ANNIVERSARY)


async def schedule_profiles(session: AsyncSession, told: Sequence[KnownMember], *, desk: Desk) -> None:
    """Takes over the days that profiles tell, and decides at once on what is due by them already.

    A day that was over when the profile was told is not made up for; one that was not yet over counts. As long as day
    and zone stay the same, nothing moves: a change of name must not pass over a greeting that is still due.
    """
    ids = [one.member.customer_id for one in told]
    kept = await repository.load_occasions(session, ids)
    first_purchases = await repository.load_first_purchases(session, ids)
    changed: list[Row] = []
    for one in told:
        customer_id = one.member.customer_id
        wanted = _wanted(one, first_purchases.get(customer_id), desk.policy)
        changed += _changes(kept.get(customer_id, {}), wanted, one, desk.policy)
        gone = [key.subject for key in kept.get(customer_id, {}) if key.subject and key not in wanted]
        if gone:
            await repository.delete_subjects(session, customer_id, gone)
    await repository.save_occasions(session, changed)
    members = {one.member.customer_id: one.member for one in told}
    touched = {row["customer_id"]: members[row["customer_id"]] for row in changed}
    await plan_for_members(session, touched, now=desk.clock.now(), desk=desk)


async def note_purchases(
    session: AsyncSession, purchases: Iterable[PurchaseRecorded], members: Mapping[UUID, Member], *, desk: Desk
) -> None:
    """Keeps each customer's first purchase, in whatever order they arrive, and the anniversary of it."""
    first: dict[UUID, PurchaseRecorded] = {}
    for one in purchases:
        held = first.get(one.customer_id)
        if members[one.customer_id].state is not MemberState.ERASED and (
            held is None or one.occurred_at < held.occurred_at
        ):
            first[one.customer_id] = one
    if not first:
        return
    known = await repository.load_first_purchases(session, first)
    news = [one for one in first.values() if one.customer_id not in known or one.occurred_at < known[one.customer_id]]
    await repository.save_first_purchases(
        session, [FirstPurchase(customer_id=one.customer_id, at=one.occurred_at) for one in news]
    )
    kept = await repository.load_occasions(session, [one.customer_id for one in news])
    rows = [_anniversary(one, members[one.customer_id], kept.get(one.customer_id, {}), desk.policy) for one in news]
    await repository.save_occasions(session, [row for row in rows if row is not None])


async def forget_occasions(session: AsyncSession, customer_ids: Collection[UUID]) -> None:
    if customer_ids:
        await repository.delete_occasions(session, customer_ids)


def _anniversary(
    purchase: PurchaseRecorded, member: Member, kept: Mapping[OccasionKey, Occasion], policy: CarePolicy
) -> Row | None:
    """Until the profile tells where the customer lives, there is no local day to keep."""
    if member.state is not MemberState.KNOWN:
        return None
    basis = basis_of_anniversary(purchase.occurred_at, _zone(member, policy))
    held = kept.get(_PURCHASE_ANNIVERSARY)
    if held is not None and held.basis == basis.as_json():
        return None
    return first_row(
        member.customer_id,
        _PURCHASE_ANNIVERSARY,
        basis,
        member.time_zone,
        told_at=purchase.recorded_at,
        last_year=held.last_year if held is not None else None,
        policy=policy,
    )


def _wanted(told: KnownMember, first_purchase: datetime | None, policy: CarePolicy) -> dict[OccasionKey, Basis]:
    zone = _zone(told.member, policy)
    wanted = dict(bases_of_dates(told.important_dates, policy.occasions))
    wanted[_CUSTOMER_SINCE] = basis_of_anniversary(told.registered_at, zone)
    if told.birthday is not None:
        wanted[_BIRTHDAY] = basis_of_birthday(told.birthday)
    if first_purchase is not None:
        wanted[_PURCHASE_ANNIVERSARY] = basis_of_anniversary(first_purchase, zone)
    return wanted


def _changes(
    kept: Mapping[OccasionKey, Occasion], wanted: Mapping[OccasionKey, Basis], told: KnownMember, policy: CarePolicy
) -> list[dict[str, Any]]:
    """The rows that are not as they should be. A birthday taken back leaves the year of its last greeting."""
    rows = []
    for key in {**wanted, **{key: None for key in kept if not key.subject}}:
        row = _changed(kept.get(key), key, wanted.get(key), told, policy)
        if row is not None:
            rows.append(row)
    return rows


def _changed(
    kept: Occasion | None, key: OccasionKey, basis: Basis | None, told: KnownMember, policy: CarePolicy
) -> Row | None:
    member = told.member
    if kept is not None and kept.basis == (basis.as_json() if basis is not None else None):
        return moved_row(kept, member.time_zone, policy) if kept.time_zone != member.time_zone else None
    last_year = kept.last_year if kept is not None and key.kind in GREETINGS else None
    return first_row(
        member.customer_id, key, basis, member.time_zone, told_at=told.changed_at, last_year=last_year, policy=policy
    )


def _zone(member: Member, policy: CarePolicy) -> ZoneInfo:
    return zone_of(member.time_zone, default=policy.default_time_zone)
