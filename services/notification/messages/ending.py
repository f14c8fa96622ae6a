"""What ends the waiting of a message before its time. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from services.notification.rules.document import Rule


@dataclass(frozen=True, slots=True)
class Happening:
    """An event as far as it may end what waits: `subject` is what it is about, where it is about something."""

    kind: str
    event_id: str
    at: datetime
    subject: str | None


def ending_of(rule: Rule, since: datetime, subject: str | None, happenings: Iterable[Happening]) -> Happening | None:
    """The first of the happenings that ends what waits by `rule` since then about `subject`.

    What happened earlier ends nothing, nor does what is about another of the same: another complaint, another order.
    What is of another kind, as a purchase is to a segment, ends it whatever it is about.
    """
    ends = [
        one
        for one in happenings
        if one.kind in rule.document.cancel_when and one.at >= since and not _is_another(one.subject, subject)
    ]
    return min(ends, key=lambda one: one.at, default=None)


def _is_another(one: str | None, other: str | None) -> bool:
    """Of two subjects, `kind:id`, whether they are two of a kind."""
    if one is None or other is None:
        return False
    return one != other and one.partition(":")[0] == other.partition(":")[0]
