"""Rows of the calendar, put together from what they are computed from."""

from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from services.notification.local_days import local_date, zone_of
from services.notification.occasions.basis import Basis, OccasionKey, basis_from
from services.notification.occasions.birthdays import NoOccurrence
from services.notification.occasions.instants import due_at
from services.notification.occasions.kinds import GREETINGS
from services.notification.occasions.models import Occasion
from services.notification.occasions.reminders import Reminder, first_reminder, following_reminder
from services.notification.policy import CarePolicy
from services.notification.values import OccasionKind

Row = dict[str, Any]


def first_row(
    customer_id: UUID,
    key: OccasionKey,
    basis: Basis | None,
    time_zone: str,
    *,
    told_at: datetime,
    last_year: int | None,
    policy: CarePolicy,
) -> Row:
    """As it stands once the day has been told; without a basis there is nothing to come."""
    row = _blank(customer_id, key, basis, time_zone, last_year)
    if basis is None:
        return row
    told_on = local_date(told_at, _zone(time_zone, policy))
    beyond = last_year if key.kind in GREETINGS else None
    return row | _coming(
        first_reminder(basis, told_on, beyond_year=beyond, leap_day=policy.birthday.leap_day), key, time_zone, policy
    )


def following_row(kept: Occasion, said: Reminder, policy: CarePolicy) -> Row:
    """As it stands once `said` has been decided on."""
    key, basis = key_of(kept), basis_from(kept.basis or {})
    row = _blank(kept.customer_id, key, basis, kept.time_zone, said.year)
    beyond = said.year if key.kind in GREETINGS else None
    return row | _coming(
        following_reminder(basis, said, beyond_year=beyond, leap_day=policy.birthday.leap_day),
        key,
        kept.time_zone,
        policy,
    )


def moved_row(kept: Occasion, time_zone: str, policy: CarePolicy) -> Row:
    """The same reminder in another zone, on the same local day."""
    row = kept.model_dump() | {"time_zone": time_zone}
    said = reminder_of(kept, policy)
    return row if said is None else row | {"next_due_at": due_at(said.due_day, kept.kind, time_zone, policy)}


def key_of(kept: Occasion) -> OccasionKey:
    return OccasionKey(OccasionKind(kept.kind), kept.subject)


def reminder_of(kept: Occasion, policy: CarePolicy) -> Reminder | None:
    """The one that comes next; None where nothing can come."""
    if kept.next_day is None or kept.next_due_at is None or kept.year is None:
        return None
    # A zone may leave a day out: what was due on it lies on the next one, and still belongs to it.
    due_day = kept.next_day
    if kept.next_lead:
        due_day = local_date(kept.next_due_at, _zone(kept.time_zone, policy))
    return Reminder(kept.next_day, kept.year, kept.next_lead, due_day)


def _zone(time_zone: str, policy: CarePolicy) -> ZoneInfo:
    return zone_of(time_zone, default=policy.default_time_zone)


def _blank(customer_id: UUID, key: OccasionKey, basis: Basis | None, time_zone: str, last_year: int | None) -> Row:
    return {
        "customer_id": customer_id,
        "kind": key.kind.value,
        "subject": key.subject,
        "next_day": None,
        "next_due_at": None,
        "next_lead": 0,
        "year": None,
        "last_year": last_year,
        "obstacle": None,
        "basis": basis.as_json() if basis is not None else None,
        "time_zone": time_zone,
    }


def _coming(found: Reminder | NoOccurrence, key: OccasionKey, time_zone: str, policy: CarePolicy) -> Row:
    if not isinstance(found, Reminder):
        return {"obstacle": found.value}
    return {
        "next_day": found.day,
        "next_due_at": due_at(found.due_day, key.kind, time_zone, policy),
        "next_lead": found.lead,
        "year": found.year,
    }
