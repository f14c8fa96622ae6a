"""What rules say on holidays: on which local day, to those of which locality, and by which plan. Pure."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from services.notification.audience.localities import Locality
from services.notification.calendars.codes import HOLIDAYS
from services.notification.calendars.days import Falling, holidays_on
from services.notification.local_days import end_of_local_day, zone_of
from services.notification.occasions.instants import due_at
from services.notification.policy import CarePolicy
from services.notification.rules.document import Rule
from services.notification.values import Member, MessagePlan, OccasionKind
from shared.conditions.vocabulary import Value

_ONE_DAY = timedelta(days=1)
_LONGEST_LOOK = 400
_UNDER_WAY = timedelta(minutes=10)
"""Longer than a transaction that takes in profiles may last."""


class Said(NamedTuple):
    """That `rule` speaks of a holiday."""

    rule: Rule
    falling: Falling

    @property
    def lead(self) -> int:
        return self.rule.document.on.lead_days

    @property
    def topic(self) -> str:
        """Another version of the rule is another topic: whom the last one did not mean is to be asked again."""
        return f"{self.rule.name}@{self.rule.version}/{self.falling.name}"


@dataclass(frozen=True, slots=True)
class DueRound:
    """What is to be said to everybody in a locality on its local `day`, from `due_at` on."""

    day: date
    locality: Locality
    due_at: datetime
    said: tuple[Said, ...]

    @property
    def topics(self) -> list[str]:
        return sorted(one.topic for one in self.said)


def said_on(day: date, region: str, rules: Iterable[Rule]) -> tuple[Said, ...]:
    """What is said on the local `day` to those who live in `region`, which is empty where none is known."""
    return tuple(
        Said(rule, falling)
        for rule in rules
        for falling in holidays_on(
            day + timedelta(days=rule.document.on.lead_days), rule.document.on.region or region or None
        )
        if falling.code in rule.document.on.holidays
    )


def days_in_play(now: datetime) -> tuple[date, ...]:
    """The local days that it may be somewhere."""
    today = now.date()
    return (today - _ONE_DAY, today, today + _ONE_DAY)


def may_be_due(rules: Collection[Rule], now: datetime) -> bool:
    """Whether anything may be said at present: so that on other days nobody needs to know who lives where.

    What regions keep of their own is found out by looking at them.
    """
    return any(_has_own_regions(rule) for rule in rules) or any(said_on(day, "", rules) for day in days_in_play(now))


def rounds_due(
    rules: Sequence[Rule], localities: Iterable[Locality], now: datetime, policy: CarePolicy
) -> list[DueRound]:
    """What is due at `now` and still belongs to its local day."""
    return [
        one
        for one in _rounds_on(days_in_play(now), rules, localities, policy)
        if one.due_at <= now < end_of_local_day(one.due_at, _zone(one.locality.time_zone, policy))
    ]


def rounds_between(
    rules: Sequence[Rule], localities: Iterable[Locality], start: datetime, end: datetime, policy: CarePolicy
) -> list[DueRound]:
    """What falls due from `start` on and before `end`, the earliest first."""
    count = (end.date() - start.date()).days + 3
    days = (start.date() - _ONE_DAY + timedelta(days=one) for one in range(count))
    found = (one for one in _rounds_on(days, rules, localities, policy) if start <= one.due_at < end)
    return sorted(found, key=lambda one: (one.due_at, one.locality))


def next_round(
    rules: Sequence[Rule], localities: Collection[Locality], now: datetime, policy: CarePolicy
) -> datetime | None:
    """When the next round falls due after `now`; None within a year."""
    first = now.date() - _ONE_DAY
    for ahead in range(0, _LONGEST_LOOK, 2):
        # Of two days at once: in the east the later one begins before the earlier one does in the west.
        days = [first + timedelta(days=ahead + one) for one in range(3)]
        coming = [one.due_at for one in _rounds_on(days, rules, localities, policy) if one.due_at > now]
        if coming:
            return min(coming)
    return None


def plans_now(
    rules: Iterable[Rule], member: Member, now: datetime, policy: CarePolicy
) -> Iterator[tuple[Said, MessagePlan]]:
    """What is due to one customer, on the local day that it is at home, or is within minutes: the round may pass while
    the transaction that tells of the customer is still under way, and then does not see it."""
    day = now.astimezone(_zone(member.time_zone, policy)).date()
    at = due_at(day, OccasionKind.HOLIDAY, member.time_zone, policy)
    if at <= now + _UNDER_WAY:
        for said in said_on(day, locality_of(member).region, rules):
            yield said, plan_of(said, member.customer_id, at)


def plan_of(said: Said, customer_id: UUID, at: datetime) -> MessagePlan:
    """Said at `at`, in the morning of the local day on which it is due."""
    left = str(said.lead)
    facts = {"holiday": said.falling.code, "on": said.falling.day.isoformat(), "days": left, "lead_days": left}
    inputs: dict[str, Value] = {**facts, "lead_days": said.lead}
    return MessagePlan(
        customer_id=customer_id,
        rule=said.rule.name,
        occasion=said.falling.name,
        happened_at=at,
        recorded_at=at,
        facts=facts,
        inputs=inputs,
        of_day=True,
    )


def locality_of(member: Member) -> Locality:
    return Locality(member.time_zone, str(member.traits.get("region") or ""))


def day_ends_at(day: date, locality: Locality, policy: CarePolicy) -> datetime:
    """From when on it is too late for what is said on the local `day`."""
    said_at = due_at(day, OccasionKind.HOLIDAY, locality.time_zone, policy)
    return end_of_local_day(said_at, _zone(locality.time_zone, policy))


def _rounds_on(
    days: Iterable[date], rules: Sequence[Rule], localities: Iterable[Locality], policy: CarePolicy
) -> Iterator[DueRound]:
    of_region: dict[str, list[Locality]] = {}
    for locality in localities:
        of_region.setdefault(locality.region, []).append(locality)
    for day in days:
        for region, places in of_region.items():
            said = said_on(day, region, rules)
            for locality in places if said else ():
                at = due_at(day, OccasionKind.HOLIDAY, locality.time_zone, policy)
                yield DueRound(day, locality, at, said)


def _has_own_regions(rule: Rule) -> bool:
    on = rule.document.on
    return on.region is None and not all(HOLIDAYS[code].is_festival for code in on.holidays)


def _zone(time_zone: str, policy: CarePolicy) -> ZoneInfo:
    return zone_of(time_zone, default=policy.default_time_zone)
