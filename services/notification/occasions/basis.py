"""What an occasion is computed from: a day in its calendar, whether it comes round, how long before to remind. Pure.

Only what decides when it falls and what is said of it is kept: another note, or a corrected birth year, moves nothing.
"""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from services.notification.local_days import local_date
from services.notification.occasions.birthdays import BirthCalendar, BirthDate
from services.notification.occasions.kinds import GREETINGS, KIND_OF_DATE
from services.notification.policy import OccasionsPolicy
from services.notification.values import OccasionKind
from shared.contracts.customer import Birthday, CalendarDay, ImportantDate

ON_THE_DAY = (0,)


@dataclass(frozen=True, slots=True, kw_only=True)
class Basis:
    """`year` is the one a single day falls in, or the first year of what is counted from it; lunar in a lunar calendar.

    `lead_days` are whole days before the day, the longest first; 0 is the day itself.
    """

    calendar: str
    month: int
    day: int
    leap_month: bool = False
    year: int | None = None
    recurring: bool = True
    lead_days: tuple[int, ...] = ON_THE_DAY
    label: str | None = None

    @property
    def day_of_year(self) -> BirthDate:
        return BirthDate(
            calendar=BirthCalendar(self.calendar), month=self.month, day=self.day, leap_month=self.leap_month
        )

    def as_json(self) -> dict[str, Any]:
        return asdict(self) | {"lead_days": list(self.lead_days)}


@dataclass(frozen=True, slots=True)
class OccasionKey:
    """`subject` tells several of a kind apart, by the id of the date; it is empty where there can be one only."""

    kind: OccasionKind
    subject: str = ""


def basis_from(kept: Mapping[str, Any]) -> Basis:
    return Basis(**{**kept, "lead_days": tuple(kept["lead_days"])})


def basis_of_birthday(birthday: Birthday) -> Basis:
    """Without the year of birth, which decides nothing here: a corrected year must not move the greeting."""
    return _basis(birthday, year=None)


def basis_of_anniversary(began_at: datetime, zone: ZoneInfo) -> Basis:
    """Every year on the local day of `began_at`, and not yet in that year."""
    day = local_date(began_at, zone)
    return Basis(calendar="solar", month=day.month, day=day.day, year=day.year)


def bases_of_dates(dates: tuple[ImportantDate, ...], policy: OccasionsPolicy) -> Iterator[tuple[OccasionKey, Basis]]:
    """Of the dates that there is something to say about. A date's own lead days come before those of the policy."""
    for one in dates:
        kind = KIND_OF_DATE.get(one.kind)
        if kind is None:
            continue
        leads = ON_THE_DAY if kind in GREETINGS else one.lead_days or policy.lead_days_of(kind.value)
        year = None if one.recurring else one.on.year
        yield (
            OccasionKey(kind, str(one.date_id)),
            _basis(one.on, year=year, recurring=one.recurring, lead_days=leads, label=one.label),
        )


def anniversary_started(basis: Basis) -> date:
    """The local day that an anniversary is counted from. Raises ValueError where none is kept."""
    if basis.year is None:
        raise ValueError("nothing is counted from this day")
    return date(basis.year, basis.month, basis.day)


def _basis(
    on: CalendarDay,
    *,
    year: int | None,
    recurring: bool = True,
    lead_days: tuple[int, ...] = ON_THE_DAY,
    label: str | None = None,
) -> Basis:
    return Basis(
        calendar=on.calendar,
        month=on.month,
        day=on.day,
        leap_month=on.leap_month,
        year=year,
        recurring=recurring,
        lead_days=tuple(sorted(set(lead_days), reverse=True)),
        label=label,
    )
