"""Made-up interactions, and their totals, to hold against what the platform counted in the end."""

import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from benchmarks.load.population import Distribution, Population

CURRENCY = "CNY"
SHARES = {
    "purchase": 80,
    "visit": 6,
    "survey": 5,
    "return": 3,
    "complaint": 2,
    "resolution": 2,
    "referral": 2,
}
"""Of a hundred interactions."""
_CATEGORIES = ("skin care", "make-up", "perfume", "gifts", "tea", "books")
_SEVERITIES = ("low", "medium", "high", "critical")


class Happening(NamedTuple):
    """`amount` in fen, 0 for kinds without money; `serial` tells what else varies."""

    identity: str
    customer: str
    kind: str
    occurred_at: str
    amount: int
    serial: int


def happening(chance: random.Random, customer: str, kind: str, at: datetime, serial: int) -> Happening:
    """With an identity and an amount by chance."""
    amount = chance.randrange(1_000, 50_000) if kind in ("purchase", "return", "resolution") else 0
    identity = str(UUID(int=chance.getrandbits(128), version=4))
    return Happening(identity, customer, kind, at.isoformat(), amount, serial)


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """`count` interactions of a population within the last `days` before `until`; the same for the same values."""

    population: Population
    count: int
    seed: int
    until: datetime
    days: float
    distribution: Distribution = "uniform"
    only: str | None = None
    """One kind instead of the usual mixture."""

    def told(self, chunk: int) -> Iterator[list[Happening]]:
        """All of it, at most `chunk` at a time."""
        chance = random.Random(self.seed)  # noqa: S311 - made-up data
        first = self.until.astimezone(UTC) - timedelta(days=self.days)
        for start in range(0, self.count, chunk):
            yield self._next(chance, first, start, min(chunk, self.count - start))

    def _next(self, chance: random.Random, first: datetime, start: int, count: int) -> list[Happening]:
        customers = self.population.draw(chance, count, self.distribution)
        kinds = [self.only] * count if self.only else chance.choices(list(SHARES), list(SHARES.values()), k=count)
        seconds = int(self.days * 86_400)
        return [
            happening(chance, customer, kind, first + timedelta(seconds=chance.randrange(seconds)), start + place)
            for place, (customer, kind) in enumerate(zip(customers, kinds, strict=True))
        ]


@dataclass(slots=True)
class Totals:
    """Counts per kind, and sums of money in fen."""

    counts: Counter[str] = field(default_factory=Counter)
    amounts: Counter[str] = field(default_factory=Counter)

    def add(self, happenings: list[Happening]) -> None:
        self.counts.update(one.kind for one in happenings)
        for one in happenings:
            self.amounts[one.kind] += one.amount

    @property
    def count(self) -> int:
        return self.counts.total()

    def __add__(self, other: "Totals") -> "Totals":
        return Totals(self.counts + other.counts, self.amounts + other.amounts)

    def as_dict(self) -> dict[str, tuple[int, int]]:
        """(count, amount) per kind that occurred."""
        return {kind: (count, self.amounts[kind]) for kind, count in sorted(self.counts.items()) if count}


def details_of(one: Happening, money: Any) -> dict[str, Any]:
    """What only its kind has; `money` writes an amount as the receiver wants it."""
    number = one.serial
    match one.kind:
        case "purchase":
            category = _CATEGORIES[number % len(_CATEGORIES)]
            line = {"category": category, "quantity": 1 + number % 3, "amount": money(one.amount)}
            margin = money(one.amount * 3 // 10)
            return {"order_id": f"o-{number}", "amount": money(one.amount), "margin": margin, "lines": [line]}
        case "return":
            return {"order_id": f"o-{number}", "amount": money(one.amount), "reason": "did not fit"}
        case "complaint":
            severity = _SEVERITIES[number % len(_SEVERITIES)]
            return {"case": f"c-{one.identity}", "severity": severity, "category": "delivery"}
        case "resolution":
            return {"case": f"c-{number}", "outcome": "replaced", "compensation": money(one.amount)}
        case "visit":
            return {"place": "store", "purpose": "consultation"}
        case "survey":
            return {"instrument": "nps", "score": number % 11}
        case _:
            return {"referred_label": "a neighbour"}
