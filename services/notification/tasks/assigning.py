"""Whose a task is, and until when it is to be done. Pure."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from services.notification.local_days import due_instant
from services.notification.rules.document import TaskAction
from services.notification.values import Employee, Member, Reason
from shared.contracts.notification import AssigneeKind

_SATURDAY = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Assigned:
    """Who has a task; `reason` is set where it fell to a role since there was nobody to give it to."""

    kind: AssigneeKind
    id: str
    name: str | None = None
    reason: Reason | None = None


def assign(action: TaskAction, member: Member, fallback_role: str) -> Assigned:
    """Whom the rule names, else the customer's owner, else the backup: who is there by the profile known now."""
    named = action.assign_to
    if named != "owner":
        if named.role is not None:
            return Assigned(kind=AssigneeKind.ROLE, id=named.role)
        return Assigned(kind=AssigneeKind.EMPLOYEE, id=named.employee or "")
    owner: Employee | None = member.owner or member.backup_owner
    if owner is None:
        return Assigned(kind=AssigneeKind.ROLE, id=fallback_role, reason=Reason.NO_ASSIGNEE)
    return Assigned(kind=AssigneeKind.EMPLOYEE, id=owner.id, name=owner.name)


def due_after(given_at: datetime, within: timedelta, zone: ZoneInfo) -> datetime:
    """`within` after `given_at`, while time stands still from Saturday 00:00 to Monday 00:00 in `zone`.

    A period of days that begins on Friday at 15:00 ends on Monday at 15:00. Public holidays are not left out: which of
    them staff work on is not known here.
    """
    instant, left = _working(given_at, zone), within
    while (weekend := _next_weekend(instant, zone)) < instant + left:
        left -= weekend - instant
        instant = _working(weekend, zone)
    return instant + left


def _working(instant: datetime, zone: ZoneInfo) -> datetime:
    """`instant`, or the Monday after it where it falls on a weekend."""
    local = instant.astimezone(zone)
    days_to_monday = 8 - local.isoweekday()
    if local.isoweekday() < _SATURDAY:
        return instant
    return due_instant(local.date() + timedelta(days=days_to_monday), time(), zone)


def _next_weekend(instant: datetime, zone: ZoneInfo) -> datetime:
    local = instant.astimezone(zone)
    return due_instant(local.date() + timedelta(days=_SATURDAY - local.isoweekday()), time(), zone)
