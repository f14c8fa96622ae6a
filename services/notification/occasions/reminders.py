"""Which reminder of an occasion comes next: by dates alone, whatever the time of day and the zone. Pure."""

from dataclasses import dataclass
from datetime import date, timedelta

from services.notification.occasions.basis import Basis
from services.notification.occasions.birthdays import (
    NoOccurrence,
    Occurrence,
    next_occurrence,
    next_of_later_year,
    occurrence_in,
)
from services.notification.policy import LeapDayRule


@dataclass(frozen=True, slots=True)
class Reminder:
    """To be said on `due_day`, of the occasion on `day`, as the one `lead` days before; `year` as in Occurrence."""

    day: date
    year: int
    lead: int
    due_day: date


def first_reminder(
    basis: Basis, told_on: date, *, beyond_year: int | None, leap_day: LeapDayRule
) -> Reminder | NoOccurrence:
    """The next one for a date told on the local day `told_on`.

    Where reminders were due before, the nearest of them is said on `told_on`, and the others never: who joins late gets
    one and not three. A day already over brings none.
    """
    found = _next_day(basis, told_on - timedelta(days=1), beyond_year=beyond_year, leap_day=leap_day)
    if not isinstance(found, Occurrence):
        return found
    overdue = [lead for lead in basis.lead_days if found.day - timedelta(days=lead) <= told_on]
    return _reminder(found, min(overdue) if overdue else max(basis.lead_days), not_before=told_on)


def following_reminder(
    basis: Basis, said: Reminder, *, beyond_year: int | None, leap_day: LeapDayRule
) -> Reminder | NoOccurrence:
    """The one after `said`: nearer to the same day, else the first of the next time it comes round."""
    nearer = [lead for lead in basis.lead_days if lead < said.lead]
    if nearer:
        return _reminder(Occurrence(said.day, said.year), max(nearer))
    found = _next_day(basis, said.day, beyond_year=beyond_year, leap_day=leap_day)
    return _reminder(found, max(basis.lead_days)) if isinstance(found, Occurrence) else found


def _next_day(
    basis: Basis, after: date, *, beyond_year: int | None, leap_day: LeapDayRule
) -> Occurrence | NoOccurrence:
    if basis.recurring:
        begun = [year for year in (basis.year, beyond_year) if year is not None]
        return next_of_later_year(
            basis.day_of_year, after, beyond_year=max(begun) if begun else None, leap_day=leap_day
        )
    if basis.year is None:
        return next_occurrence(basis.day_of_year, after, leap_day=leap_day)
    only = occurrence_in(basis.day_of_year, basis.year, leap_day=leap_day)
    if isinstance(only, Occurrence) and only.day <= after:
        return NoOccurrence.OVER
    return only


def _reminder(found: Occurrence, lead: int, *, not_before: date = date.min) -> Reminder:
    return Reminder(found.day, found.year, lead, max(found.day - timedelta(days=lead), not_before))
