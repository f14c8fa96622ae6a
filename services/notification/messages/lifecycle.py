"""The life of a message after each attempt to deliver it: pure.

planned -> sending -> sent | failed | planned again (deferred, unreachable, resend) | uncertain (held for review)
"""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from services.notification.channels.port import SendResult, SendStatus
from services.notification.values import MessageState


class UncertainPolicy(StrEnum):
    """What to do when it is not known whether a message was accepted: risk a second copy, or risk none."""

    RESEND = "resend"
    HOLD = "hold"


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryLimits:
    """Deferrals and resends are counted apart: an unreachable provider uses up neither.

    `max_repeats` bounds the resends to providers that recognise a message by its key, which risk no second copy.
    """

    uncertain: UncertainPolicy = UncertainPolicy.RESEND
    max_deferrals: int = 10
    max_resends: int = 3
    max_repeats: int = 20
    first_delay: timedelta = timedelta(seconds=2)
    longest_delay: timedelta = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Progress:
    """Where a message stands; `attempts` is also the number of the latest one."""

    state: MessageState
    attempts: int
    deferrals: int
    resends: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """What is known of the provider of an attempt: whether a repeat is recognised, and whether another one is left."""

    keyed: bool = False
    has_alternative: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """Where a message goes next; `delay` is set where it is to be tried again."""

    state: MessageState
    deferrals: int
    resends: int
    delay: timedelta | None = None
    reason: str | None = None


def after_attempt(
    progress: Progress, attempt: int, result: SendResult, limits: DeliveryLimits, way: Way = Way()
) -> Step | None:
    """The step that follows from the result of attempt number `attempt`, or None where it changes nothing any more.

    A result may come late, after its lease had expired and the message had moved on: that it was accepted is then still
    true, unless another attempt is under way, which will tell; any other late result is overtaken.
    """
    is_current = progress.state is MessageState.SENDING and attempt == progress.attempts
    if result.status is SendStatus.ACCEPTED:
        under_way = progress.state is MessageState.SENDING and not is_current
        if under_way or progress.state is MessageState.SENT:
            return None
        return Step(state=MessageState.SENT, deferrals=progress.deferrals, resends=progress.resends)
    return _after_failure(progress, result, limits, way) if is_current else None


def _after_failure(progress: Progress, result: SendResult, limits: DeliveryLimits, way: Way) -> Step:
    deferrals, resends = progress.deferrals, progress.resends
    match result.status:
        case SendStatus.UNREACHABLE:
            delay = timedelta() if way.has_alternative else limits.first_delay
            return Step(state=MessageState.PLANNED, deferrals=deferrals, resends=resends, delay=delay)
        case SendStatus.DEFERRED if deferrals < limits.max_deferrals:
            delay = backoff(deferrals + 1, limits)
            return Step(state=MessageState.PLANNED, deferrals=deferrals + 1, resends=resends, delay=delay)
        case SendStatus.UNCERTAIN if resends < _resends_allowed(limits, way):
            delay = backoff(resends + 1, limits)
            return Step(state=MessageState.PLANNED, deferrals=deferrals, resends=resends + 1, delay=delay)
        case SendStatus.UNCERTAIN:
            return Step(
                state=MessageState.UNCERTAIN, deferrals=deferrals, resends=resends, reason=result.detail or None
            )
    return Step(state=MessageState.FAILED, deferrals=deferrals, resends=resends, reason=result.detail or "not accepted")


def _resends_allowed(limits: DeliveryLimits, way: Way) -> int:
    if way.keyed:
        return limits.max_repeats
    return limits.max_resends if limits.uncertain is UncertainPolicy.RESEND else 0


def backoff(count: int, limits: DeliveryLimits) -> timedelta:
    """Doubles with each failure, up to the longest delay."""
    doublings = min(count - 1, 30)
    return min(limits.longest_delay, limits.first_delay * (1 << doublings))
