"""How many messages a provider may be sent: a token bucket, as a rule over what was left and how long ago."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Rate:
    """At most `per_second` messages on average over all workers, and `burst` at once."""

    per_second: float
    burst: int


@dataclass(frozen=True, slots=True)
class Bucket:
    """`tokens` messages might be sent at the wall instant `at`; a fraction is one that is on its way."""

    tokens: float
    at: datetime


def draw(bucket: Bucket | None, rate: Rate, *, wanted: int, wall: datetime) -> tuple[int, Bucket]:
    """How many of `wanted` messages may be sent now, and the bucket after that; without one it is full.

    A wall clock that went back fills nothing, and empties nothing either.
    """
    tokens = float(rate.burst) if bucket is None else bucket.tokens
    since = wall if bucket is None else bucket.at
    elapsed = max(0.0, (wall - since).total_seconds())
    filled = min(float(rate.burst), tokens + elapsed * rate.per_second)
    granted = max(0, min(wanted, int(filled)))
    return granted, Bucket(filled - granted, max(wall, since))
