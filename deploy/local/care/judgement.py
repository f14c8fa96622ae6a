"""What was sent, held against what must have been."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from deploy.local.care.oracle import Expected, birthdays, holidays
from deploy.local.care.population import Person

_TWO_DAYS = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class Sent:
    """A greeting as the provider took it, at the business's own time."""

    number: int
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """`doubled` counts the copies beyond the first, `wrong_day` what went on neither a birthday nor a holiday of its
    receiver at home."""

    expected: int
    sent: int
    missing: int
    doubled: int
    wrong_day: int
    in_quiet_hours: int
    against_consent: int

    @property
    def holds(self) -> bool:
        return not (self.missing or self.doubled or self.wrong_day or self.in_quiet_hours or self.against_consent)

    def as_json(self) -> dict[str, int]:
        return asdict(self)


def judge(people: Mapping[int, Person], expected: set[Expected], sent: Iterable[Sent]) -> Verdict:
    wrong_day = quiet = against = total = 0
    greeted: Counter[Expected] = Counter()
    for one in sent:
        person = people[one.number]
        day = one.at.astimezone(person.zone).date()
        total += 1
        wrong_day += day not in birthdays(person.birth, day - _TWO_DAYS, day + _TWO_DAYS) and not holidays(
            person.region, day, day
        )
        quiet += person.is_quiet_at(one.at)
        against += not person.agrees_at(one.at)
        greeted[Expected(one.number, day)] += 1
    return Verdict(
        expected=len(expected),
        sent=total,
        missing=len(expected - greeted.keys()),
        doubled=sum(times - 1 for times in greeted.values()),
        wrong_day=wrong_day,
        in_quiet_hours=quiet,
        against_consent=against,
    )
