"""What can be said of all facts together."""

from dataclasses import dataclass
from datetime import datetime

from services.scoring.facts.fact import FactKind


@dataclass(frozen=True, slots=True)
class KindTotal:
    """Over all facts of one kind and currency, in that currency's minor units; `currency` None: no money in them."""

    kind: FactKind
    currency: str | None
    facts: int
    amount: int
    customers: int


@dataclass(frozen=True, slots=True)
class Progress:
    """How much has been taken in. `latency_ms`: quantiles from recorded to scored, over about the last hour."""

    facts: int
    customers: int
    known_customers: int
    last_applied_at: datetime | None
    last_occurred_at: datetime | None
    latency_ms: dict[str, int]
