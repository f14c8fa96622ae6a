"""SQL of customers and of what they decided themselves: whole batches, one statement each."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from sqlalchemy import Row, Table, Uuid, delete, exists, func, or_, select, update
from sqlalchemy.dialects.postgresql import ARRAY, insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.notification.audience.models import Complaint, Customer, Membership, OwnDecision, Score
from services.notification.audience.profile import KnownProfile, parse_permission, permission_text
from services.notification.audience.traits import traits_from
from services.notification.suppression.queries import find_suppressed
from services.notification.values import Employee, Member, MemberState, Permission
from shared.contracts.common import Channel
from shared.contracts.customer import Consent, DoNotDisturb
from shared.contracts.interaction import Severity

_CUSTOMERS = cast(Table, Customer.__table__)  # type: ignore[attr-defined]
_SCORES = cast(Table, Score.__table__)  # type: ignore[attr-defined]
_COMPLAINTS = cast(Table, Complaint.__table__)  # type: ignore[attr-defined]
_MEMBERSHIPS = cast(Table, Membership.__table__)  # type: ignore[attr-defined]
_OWN = cast(Table, OwnDecision.__table__)  # type: ignore[attr-defined]

_ADDRESSED = tuple(channel for channel in Channel if channel is not Channel.INBOX)

_BLANK: dict[str, Any] = {
    "state": MemberState.UNKNOWN.value,
    "version": 0,
    "is_person": True,
    "display_name": "",
    "given_name": None,
    "language": "",
    "time_zone": "",
    "email": None,
    "addresses": {},
    "granted": [],
    "traits": {},
    "is_deceased": False,
    "do_not_disturb": None,
    "staff": {},
}


async def hold_places(session: AsyncSession, customer_ids: Iterable[UUID]) -> None:
    """A row for each customer, so that there is something to lock also before the profile comes."""
    rows = [{"customer_id": customer_id, **_BLANK} for customer_id in sorted(customer_ids)]
    await session.execute(insert(_CUSTOMERS).on_conflict_do_nothing(), rows)


async def lock_customers(session: AsyncSession, customer_ids: Collection[UUID]) -> set[UUID]:
    """Waits for the rows and returns those that exist, in the order of their ids: so that nobody deadlocks."""
    locked = await session.scalars(
        select(_CUSTOMERS.c.customer_id)
        .where(_CUSTOMERS.c.customer_id.in_(customer_ids))
        .order_by(_CUSTOMERS.c.customer_id)
        .with_for_update()
    )
    return set(locked)


async def load_members(
    session: AsyncSession, customer_ids: Collection[UUID], *, quieting: Sequence[Severity]
) -> dict[UUID, Member]:
    complaints = _COMPLAINTS.c
    is_open = complaints.opened_at.is_not(None) & or_(
        complaints.resolved_at.is_(None), complaints.resolved_at < complaints.opened_at
    )
    quieted = exists().where(
        complaints.customer_id == _CUSTOMERS.c.customer_id, complaints.severity.in_(quieting), is_open
    )
    segments = select(_MEMBERSHIPS.c.segment_id).where(
        _MEMBERSHIPS.c.customer_id == _CUSTOMERS.c.customer_id, _MEMBERSHIPS.c.inside
    )
    rows = await session.execute(
        select(
            _CUSTOMERS,
            _SCORES.c.loyalty_level,
            _SCORES.c.figures,
            quieted.label("quieted"),
            func.array(segments.scalar_subquery(), type_=ARRAY(Uuid)).label("segments"),
        )
        .outerjoin(_SCORES, _SCORES.c.customer_id == _CUSTOMERS.c.customer_id)
        .where(_CUSTOMERS.c.customer_id.in_(customer_ids))
    )
    members = {row.customer_id: _member_of(row) for row in rows}
    return await _with_suppressed(session, members)


async def _with_suppressed(session: AsyncSession, members: dict[UUID, Member]) -> dict[UUID, Member]:
    """Bounces and complaints concern an address, whoever has it now."""
    owned = {
        member.customer_id: [(channel, address) for channel in _ADDRESSED if (address := member.address_on(channel))]
        for member in members.values()
    }
    listed = await find_suppressed(session, {one for those in owned.values() for one in those})
    if not listed:
        return members
    return {
        customer_id: replace(
            members[customer_id],
            suppressed=frozenset(channel for channel, address in those if (channel, address) in listed),
        )
        for customer_id, those in owned.items()
    }


def _member_of(row: Row[Any]) -> Member:
    return Member(
        customer_id=row.customer_id,
        state=MemberState(row.state),
        is_person=row.is_person,
        display_name=row.display_name,
        given_name=row.given_name,
        language=row.language,
        time_zone=row.time_zone,
        email=row.email,
        addresses={Channel(channel): address for channel, address in row.addresses.items()},
        granted=frozenset(map(parse_permission, row.granted)),
        has_quieting_complaint=row.quieted,
        loyalty_level=row.loyalty_level,
        is_deceased=row.is_deceased,
        do_not_disturb=DoNotDisturb.model_validate(row.do_not_disturb) if row.do_not_disturb else None,
        traits=traits_from(row.traits),
        figures=row.figures or {},
        segments=frozenset(map(str, row.segments)),
        owner=_employee(row.staff.get("owner")),
        backup_owner=_employee(row.staff.get("backup_owner")),
    )


def _employee(kept: dict[str, Any] | None) -> Employee | None:
    return Employee(**kept) if kept is not None else None


async def save_profiles(session: AsyncSession, profiles: Sequence[KnownProfile]) -> set[UUID]:
    """Takes each profile over unless a newer one is known or the customer was erased; returns whose was taken."""
    incoming = insert(_CUSTOMERS)
    changes = {name: incoming.excluded[name] for name in (*_BLANK, "changed_at")}
    newer = (_CUSTOMERS.c.state != MemberState.ERASED.value) & (_CUSTOMERS.c.version < incoming.excluded.version)
    taken = await session.scalars(
        incoming.on_conflict_do_update(index_elements=["customer_id"], set_=changes, where=newer).returning(
            _CUSTOMERS.c.customer_id
        ),
        [_row_of(profile) for profile in profiles],
    )
    return set(taken)


def _row_of(profile: KnownProfile) -> dict[str, Any]:
    return {
        "customer_id": profile.customer_id,
        "state": MemberState.KNOWN.value,
        "version": profile.version,
        "is_person": profile.is_person,
        "display_name": profile.display_name,
        "given_name": profile.given_name,
        "language": profile.language,
        "time_zone": profile.time_zone,
        "email": profile.email,
        "addresses": dict(profile.addresses),
        "granted": sorted(map(permission_text, profile.granted)),
        "changed_at": profile.changed_at,
        "traits": dict(profile.traits),
        "is_deceased": profile.is_deceased,
        "do_not_disturb": profile.do_not_disturb.model_dump(mode="json") if profile.do_not_disturb else None,
        "staff": {
            role: employee._asdict()
            for role, employee in (("owner", profile.owner), ("backup_owner", profile.backup_owner))
            if employee is not None
        },
    }


async def erase_customers(session: AsyncSession, customer_ids: Collection[UUID]) -> None:
    """Leaves nothing but the id and the fact that it was erased."""
    await session.execute(
        update(_CUSTOMERS)
        .where(_CUSTOMERS.c.customer_id.in_(customer_ids))
        .values({**_BLANK, "state": MemberState.ERASED.value, "changed_at": None})
    )
    for table in (_SCORES, _MEMBERSHIPS, _COMPLAINTS, _OWN):
        await session.execute(delete(table).where(table.c.customer_id.in_(customer_ids)))


async def load_own_decisions(session: AsyncSession, customer_ids: Collection[UUID]) -> dict[UUID, list[Consent]]:
    rows = await session.execute(select(_OWN).where(_OWN.c.customer_id.in_(customer_ids)))
    found: dict[UUID, list[Consent]] = {}
    for row in rows:
        decision = Consent(channel=row.channel, purpose=row.purpose, granted=row.granted, at=row.at)
        found.setdefault(row.customer_id, []).append(decision)
    return found


async def save_own_decisions(session: AsyncSession, customer_id: UUID, decisions: Sequence[Consent]) -> None:
    """The customer is locked, so that each of its decisions is later than the one it replaces."""
    incoming = insert(_OWN)
    await session.execute(
        incoming.on_conflict_do_update(
            index_elements=["customer_id", "channel", "purpose"],
            set_={name: incoming.excluded[name] for name in ("granted", "at")},
        ),
        [
            {
                "customer_id": customer_id,
                "channel": one.channel.value,
                "purpose": one.purpose.value,
                "granted": one.granted,
                "at": one.at,
            }
            for one in decisions
        ],
    )


async def save_granted(session: AsyncSession, customer_id: UUID, granted: Iterable[Permission]) -> None:
    values = {"granted": sorted(map(permission_text, granted))}
    await session.execute(update(_CUSTOMERS).where(_CUSTOMERS.c.customer_id == customer_id).values(values))


async def find_changed_at(session: AsyncSession, customer_id: UUID) -> datetime | None:
    """The business instant of the profile that is known."""
    changed_at: datetime | None = await session.scalar(
        select(_CUSTOMERS.c.changed_at).where(_CUSTOMERS.c.customer_id == customer_id)
    )
    return changed_at
