"""Made-up customers, the same for the same seed: where they live, when they were born, what they want."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import Any
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

_NAMESPACE = UUID("5a1f6a52-6b0e-5c1e-8f5c-0f3f5d3b1f7e")
_REGIONS = {
    "Asia/Shanghai": "CN",
    "Asia/Kolkata": "IN",
    "Europe/London": "GB-ENG",
    "America/New_York": "US",
    "America/Los_Angeles": "US",
    "Pacific/Auckland": "NZ",
}
_NIGHTS = (("21:30", "08:00"), ("22:00", "07:30"), ("00:00", "06:00"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Birth:
    """Month and day in their calendar; `leap_month` for a lunar month that was a second one (闰月)."""

    lunar: bool
    month: int
    day: int
    leap_month: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """`consents` says whether care by mail was ever agreed to; it ends at `withdraws_at`. Quiet hours are local."""

    number: int
    customer_id: UUID
    time_zone: str
    birth: Birth
    joins_at: datetime
    consents: bool
    withdraws_at: datetime | None
    quiet: tuple[str, str] | None

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    @property
    def region(self) -> str:
        return _REGIONS[self.time_zone]

    def agrees_at(self, instant: datetime) -> bool:
        withdrawn = self.withdraws_at is not None and self.withdraws_at <= instant
        return self.consents and self.joins_at <= instant and not withdrawn

    def is_quiet_at(self, instant: datetime) -> bool:
        if self.quiet is None:
            return False
        start, end = map(time.fromisoformat, self.quiet)
        now = instant.astimezone(self.zone).time()
        return start <= now < end if start <= end else now >= start or now < end

    def tellings(self) -> Iterator[tuple[datetime, dict[str, Any]]]:
        """What the customer service publishes of it, and when."""
        yield self.joins_at, self._profile(1, withdrawn=False)
        if self.withdraws_at is not None:
            yield self.withdraws_at, self._profile(2, withdrawn=True)

    def _profile(self, version: int, *, withdrawn: bool) -> dict[str, Any]:
        given = {"channel": "email", "purpose": "care", "granted": True, "at": self.joins_at.isoformat()}
        consents = [given] if self.consents else []
        if withdrawn and self.withdraws_at is not None:
            consents.append({**given, "granted": False, "at": self.withdraws_at.isoformat()})
        birth = self.birth
        return {
            "customer_id": str(self.customer_id),
            "version": version,
            "kind": "person",
            "display_name": f"Simulated Customer {self.number}",
            "language": "zh-CN" if self.number % 2 else "en",
            "time_zone": self.time_zone,
            "region": self.region,
            "birthday": {
                "calendar": "lunar" if birth.lunar else "solar",
                "month": birth.month,
                "day": birth.day,
                "leap_month": birth.leap_month,
            },
            "contact_points": [{"kind": "email", "address": f"{self.number}@customers.example"}],
            "consents": consents,
            "registered_at": self.joins_at.isoformat(),
            "do_not_disturb": {"quiet_hours": {"start": self.quiet[0], "end": self.quiet[1]}} if self.quiet else None,
        }


def people(count: int, *, seed: int, opens: datetime, days: int) -> list[Person]:
    """Half are born by the lunar calendar, one in 20 of them in a leap month; one in 30 on 29 February; one in 10 joins
    later, one in 8 consents to nothing, one in 12 withdraws.
    """
    random = Random(seed)  # noqa: S311 - reproducible, not secret
    return [_person(number, random, seed, opens, days) for number in range(count)]


def _person(number: int, random: Random, seed: int, opens: datetime, days: int) -> Person:
    time_zone = random.choice(tuple(_REGIONS))
    joins_at = opens
    if random.random() < 0.1:
        joins_at = _local_noon(opens, random.randrange(1, days), time_zone)
    withdraws_at = None
    if random.random() < 1 / 12:
        # At a moment of the day that is nobody's hour of greeting, so that which of both came first is certain.
        withdraws_at = _local_noon(opens, random.randrange(1, days), time_zone) + timedelta(minutes=17)
    return Person(
        number=number,
        customer_id=uuid5(_NAMESPACE, f"{seed}:{number}"),
        time_zone=time_zone,
        birth=_birth(random),
        joins_at=joins_at,
        consents=random.random() >= 1 / 8,
        withdraws_at=withdraws_at if withdraws_at is not None and withdraws_at > joins_at else None,
        quiet=random.choice((None, *_NIGHTS)),
    )


def _birth(random: Random) -> Birth:
    if random.random() < 0.5:
        leap_month = random.random() < 0.05
        month = random.randint(2, 11) if leap_month else random.randint(1, 12)
        return Birth(lunar=True, month=month, day=random.randint(1, 30), leap_month=leap_month)
    if random.random() < 1 / 15:
        return Birth(lunar=False, month=2, day=29)
    born = date(2001, 1, 1) + timedelta(days=random.randrange(365))
    return Birth(lunar=False, month=born.month, day=born.day)


def _local_noon(opens: datetime, after_days: int, time_zone: str) -> datetime:
    day = opens.date() + timedelta(days=after_days)
    return datetime.combine(day, time(12), tzinfo=ZoneInfo(time_zone)).astimezone(UTC)
