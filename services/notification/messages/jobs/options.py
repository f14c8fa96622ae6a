"""How much a worker does at once, and how long it waits."""

from dataclasses import dataclass, field
from datetime import timedelta

from services.notification.channels.breaker import BreakerPolicy
from services.notification.messages.lifecycle import DeliveryLimits

_HANDFUL = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryOptions:
    """`concurrency` is what one provider is sent at once, unless it has its own; `reserved` of these places (but
    never all) are kept for what is urgent, so that it never waits behind what others asked for earlier.
    """

    concurrency: int = 8
    reserved: int = 1
    lease: timedelta = timedelta(seconds=120)
    send_timeout: timedelta = timedelta(seconds=60)
    poll_seconds: float = 2.0
    limits: DeliveryLimits = field(default_factory=DeliveryLimits)
    breaker: BreakerPolicy = field(default_factory=BreakerPolicy)

    def __post_init__(self) -> None:
        if self.send_timeout * 1.5 > self.lease:
            raise ValueError("a lease must outlast the longest send by half: make it longer, or the timeout shorter")


def in_hand_limit(concurrency: int) -> int:
    """How many messages of one provider are claimed and not yet recorded, beside urgent ones: as many may be uncertain
    after a crash. A few times what is sent at once, so that claims and results go to the database in batches.
    """
    return _HANDFUL * concurrency


def urgent_limit(concurrency: int) -> int:
    """How many urgent ones may come on top of that."""
    return concurrency
