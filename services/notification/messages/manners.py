"""Good manners: when a customer may be written to, how often, and what gives way to what. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from services.notification.local_days import due_instant, local_date
from services.notification.policy import Cap, CarePolicy
from services.notification.rules.document import RuleDocument, Window
from services.notification.values import Member
from shared.contracts.common import Channel, Purpose

_LONGEST_SEARCH = 20
"""Steps in which spans that follow each other are left behind; what has no end in them never ends."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recent:
    """A decision to write to the same customer: sent or on its way, on `channels`; or waiting, then `at` is its day.
    Or one to give somebody a task, which has no purpose and no channels.

    `is_untouched` as long as nobody has tried to send any message of it.
    """

    decision_id: UUID
    rule: str
    about: str
    purpose: Purpose | None
    at: datetime
    channels: tuple[Channel, ...] = ()
    merges: bool = False
    priority: int = 0
    is_waiting: bool = False
    is_untouched: bool = False


@dataclass(frozen=True, slots=True)
class Span:
    """Hours of every local day, over midnight when `end` comes first; equal ends are no span at all."""

    start: time
    end: time

    def end_after(self, instant: datetime, zone: ZoneInfo) -> datetime | None:
        """The end of the span that `instant` lies in, None outside it."""
        local = instant.astimezone(zone)
        day, now = local.date(), local.time()
        if self.start < self.end:
            inside = self.start <= now < self.end
        else:
            inside = self.start != self.end and (now >= self.start or now < self.end)
            if inside and now >= self.start:
                day += timedelta(days=1)
        end = due_instant(day, self.end, zone)
        return end if inside and end > instant else None


def is_paused(member: Member, at: datetime) -> bool:
    """Whether the customer asked for nothing at all, for the time being or until further notice."""
    asked = member.do_not_disturb
    return asked is not None and asked.paused and (asked.until is None or at < asked.until)


def quiet_spans(member: Member, policy: CarePolicy, channel: Channel, purpose: Purpose) -> list[Span]:
    """The customer's own quiet hours, which hold for everything, and those of the business."""
    spans = []
    own = member.do_not_disturb.quiet_hours if member.do_not_disturb is not None else None
    if own is not None:
        spans.append(Span(time.fromisoformat(own.start), time.fromisoformat(own.end)))
    quiet = policy.quiet_hours
    if quiet is not None and channel in quiet.channels and purpose in quiet.purposes:
        spans.append(Span(quiet.start, quiet.end))
    return spans


def quiet_until(instant: datetime, zone: ZoneInfo, spans: Iterable[Span]) -> datetime:
    """The first instant from `instant` on that lies in none of the spans; far away where they fill the day."""
    spans = list(spans)
    for _ in range(_LONGEST_SEARCH):
        ends = [end for span in spans if (end := span.end_after(instant, zone)) is not None]
        if not ends:
            break
        instant = max(ends)
    return instant


def opening_of(window: Window | None, instant: datetime, zone: ZoneInfo) -> datetime:
    """The first instant from `instant` on that lies in the window."""
    if window is None:
        return instant
    local, day = instant.astimezone(zone), local_date(instant, zone)
    if local.time() >= window.end:
        day += timedelta(days=1)
    while window.weekdays and day.isoweekday() not in window.weekdays:
        day += timedelta(days=1)
    return max(instant, due_instant(day, window.start, zone))


def ready_at(document: RuleDocument, happened_at: datetime, known_at: datetime, zone: ZoneInfo) -> datetime:
    """When a rule wants to be heard: after its delay, when all is known, and within its window."""
    return opening_of(document.wait_until, max(happened_at + document.delay, known_at), zone)


def open_and_quiet_until(window: Window | None, instant: datetime, zone: ZoneInfo, spans: Sequence[Span]) -> datetime:
    """The first instant from `instant` on that lies in the window and in no span; far away where none does."""
    for _ in range(_LONGEST_SEARCH):
        later = quiet_until(opening_of(window, instant, zone), zone, spans)
        if later == instant:
            break
        instant = later
    return instant


def capped_channels(
    purpose: Purpose, recent: Sequence[Recent], caps: Iterable[Cap], at: datetime
) -> dict[Channel, Cap]:
    """The channels on which one message more would be one too many, and by which cap."""
    capped: dict[Channel, Cap] = {}
    for cap in caps:
        if cap.purpose is not purpose:
            continue
        within = [one for one in recent if one.purpose is purpose and one.at > at - cap.within and not one.is_waiting]
        for channel in (cap.channel,) if cap.channel is not None else tuple(Channel):
            count = sum(1 for one in within if cap.channel is None or channel in one.channels)
            if count >= cap.at_most:
                capped.setdefault(channel, cap)
    return capped


def duplicate_of(document: RuleDocument, about: str, recent: Sequence[Recent], at: datetime) -> Recent | None:
    """What was said about the same not long enough ago, or is to be said by now; the latest. What waits for later is in
    nobody's way: it may be cancelled, and is asked the same when its time has come."""
    if document.not_again_within is None:
        return None
    since = at - document.not_again_within
    same = [one for one in recent if one.about == about and (one.at <= at if one.is_waiting else one.at > since)]
    return max(same, key=lambda one: one.at, default=None)


def winner_of(rivals: Sequence[Recent], priority: int, at: datetime) -> Recent | None:
    """Whom of its day's rivals something of this priority, to be said at `at`, gives way to. Of equals it is who comes
    first: one that waits for later may yet be cancelled."""
    ahead = [one for one in rivals if one.priority > priority]
    equal = [one for one in rivals if one.priority == priority and (not one.is_waiting or one.at <= at)]
    return next(iter(ahead + equal), None)


def day_rivals(recent: Sequence[Recent], at: datetime, zone: ZoneInfo) -> list[Recent]:
    """What else shares the one message of the local day of `at`, the highest priority first."""
    day = local_date(at, zone)
    rivals = [one for one in recent if one.merges and local_date(one.at, zone) == day]
    return sorted(rivals, key=lambda one: -one.priority)
