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

    What happened earlier ends nothing, nor does what is about something else: another complaint, another order.
    """
    ends = [
        one
        for one in happenings
        if one.kind in rule.document.cancel_when
        and one.at >= since
        and (one.subject is None or subject is None or one.subject == subject)
    ]
    return min(ends, key=lambda one: one.at, default=None)
