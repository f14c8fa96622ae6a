"""When a provider is left alone, and for how long: a circuit breaker as a pure rule over what is known of its health.

closed -> (failures in a row) -> open until an instant -> half open: one message at a time -> closed, or open for longer
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from services.notification.channels.port import SendResult, SendStatus

_FAILING = (SendStatus.UNREACHABLE, SendStatus.UNCERTAIN)


@dataclass(frozen=True, slots=True, kw_only=True)
class BreakerPolicy:
    """Opens after `failures` in a row; each opening lasts twice as long as the one before."""

    failures: int = 3
    first_pause: timedelta = timedelta(seconds=0.5)
    longest_pause: timedelta = timedelta(seconds=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """`openings` counts since the provider last worked; `open_until` is wall time, and may be over (half open)."""

    failures: int = 0
    openings: int = 0
    open_until: datetime | None = None

    def is_open(self, wall: datetime) -> bool:
        return self.open_until is not None and wall < self.open_until

    def is_half_open(self, wall: datetime) -> bool:
        return self.open_until is not None and wall >= self.open_until


HEALTHY = Health()


def health_after(health: Health, results: Iterable[SendResult], policy: BreakerPolicy, wall: datetime) -> Health:
    """The health after these results of one provider, in their order.

    Whatever a provider answers to a single message shows that it works; only silence and refusals of everybody count
    against it. What fails while it is open belongs to the same outage and stretches nothing.
    """
    for result in results:
        if result.status not in _FAILING:
            health = HEALTHY
            continue
        failures = health.failures + 1
        wanted = result.retry_after
        must_open = failures >= policy.failures or health.openings > 0 or wanted is not None
        if not must_open or health.is_open(wall):
            health = Health(failures=failures, openings=health.openings, open_until=health.open_until)
            continue
        pause = min(policy.longest_pause, policy.first_pause * (1 << min(health.openings, 30)))
        health = Health(
            failures=failures, openings=health.openings + 1, open_until=wall + max(pause, wanted or timedelta())
        )
    return health
