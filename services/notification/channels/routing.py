"""By which provider a message goes: the configured order, what is available, and what was tried before. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from services.notification.channels.port import SendStatus


@dataclass(frozen=True, slots=True)
class Tried:
    """The latest attempt at a message. Once `pinned`, only that provider can tell a copy from the first."""

    provider: str
    outcome: str | None
    pinned: bool


def choose_provider(order: Sequence[str], capacity: Mapping[str, int], tried: Tried | None) -> str | None:
    """The provider for one more message, or None where every one in question is down.

    `capacity` says how many more messages each provider takes at present; those that are down are not in it. A provider
    that works but takes no more is waited for, not passed over: the next one may cost more.
    """
    if tried is not None and tried.pinned:
        candidates = [name for name in order if name == tried.provider]
    elif tried is not None and tried.outcome == SendStatus.UNREACHABLE.value:
        candidates = sorted(order, key=lambda name: name == tried.provider)
    else:
        candidates = list(order)
    return next((name for name in candidates if name in capacity), None)


def is_orphaned(order: Sequence[str], tried: Tried | None) -> bool:
    """Whether the only provider that could tell a copy from the first attempt is no longer configured."""
    return tried is not None and tried.pinned and tried.provider not in order
