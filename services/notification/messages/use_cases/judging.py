"""What a message comes to just before it goes: whether it is still timely, and what it says."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from sqlalchemy import Row

from services.notification.desk import Desk
from services.notification.local_days import end_of_local_day, zone_of
from services.notification.messages.manners import is_paused, quiet_spans, quiet_until
from services.notification.values import Attached, Member, Reason, RenderedMessage
from shared.contracts.common import Channel, Purpose


def untimely(row: Row[Any], member: Member, desk: Desk) -> Reason | None:
    """A greeting belongs to its day, however long the mail server was away; one that may be there already goes on."""
    if row.resends:
        return None
    now = desk.clock.now()
    if is_paused(member, now):
        return Reason.DO_NOT_DISTURB
    zone = zone_of(member.time_zone, default=desk.policy.default_time_zone)
    if not row.of_day or now + quiet_for(row, member, desk) < end_of_local_day(row.happened_at, zone):
        return None
    return Reason.TOO_LATE if now >= end_of_local_day(row.happened_at, zone) else Reason.QUIET_HOURS


def quiet_for(row: Row[Any], member: Member, desk: Desk) -> timedelta:
    """How long it is quiet still, where quiet hours have begun since it was planned."""
    if row.resends:
        return timedelta()
    now = desk.clock.now()
    zone = zone_of(member.time_zone, default=desk.policy.default_time_zone)
    spans = quiet_spans(member, desk.policy, Channel(row.channel), Purpose(row.purpose))
    return quiet_until(now, zone, spans) - now


def compose(row: Row[Any], member: Member, desk: Desk, coupon: str | None = None) -> RenderedMessage:
    """The content of the first attempt, kept for all others: a resend is the same message to the letter.

    Raises InvalidInput for words that cannot be rendered.
    """
    if row.composed_at is not None:
        attached = tuple(Attached(**one) for one in row.attachments or ())
        return RenderedMessage(row.language, row.subject, row.body_text, row.body_html, attached)
    channel = Channel(row.channel)
    content = desk.templates.render(
        row.template or row.rule,
        member=member,
        facts=row.facts if coupon is None else {**row.facts, "coupon": coupon},
        happened_at=row.happened_at,
        channel=channel,
    )
    return content if channel is Channel.EMAIL else replace(content, attached=())
