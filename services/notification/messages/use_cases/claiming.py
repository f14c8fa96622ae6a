"""Taking due messages in hand: checked once more, composed, and leased to this worker; the inbox is served at once.

No network is touched here. The claims returned may be sent only after the transaction has committed: from then on a
crash leaves a message that is known to have been in hand.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncSession

from services.notification.audience.use_cases import lock_members
from services.notification.channels.port import Email
from services.notification.desk import Desk
from services.notification.inbox.use_cases import NewItem, put_items
from services.notification.local_days import end_of_local_day, zone_of
from services.notification.messages import events
from services.notification.messages.decision import obstacle_on
from services.notification.messages.repository import deliveries
from services.notification.messages.use_cases.cancelling import cancel_messages
from services.notification.values import Member, MessageState, Reason, RenderedMessage, RuleName
from shared.contracts.common import Channel, Purpose
from shared.errors import InvalidInput


@dataclass(frozen=True, slots=True)
class Claim:
    """An email in this worker's hands, as attempt number `attempt`, until `lease_until` by the wall clock."""

    customer_id: UUID
    attempt: int
    email: Email
    lease_until: datetime

    @property
    def message_id(self) -> UUID:
        return self.email.message_id


@dataclass(slots=True)
class _Sorted:
    """What becomes of the messages of one batch."""

    cancelled: list[tuple[Row[Any], Reason]] = field(default_factory=list)
    broken: list[tuple[Row[Any], str]] = field(default_factory=list)
    emails: list[tuple[Row[Any], Member, RenderedMessage]] = field(default_factory=list)
    items: list[tuple[Row[Any], RenderedMessage]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Batch:
    """`found` counts every message looked at, so that a caller knows whether to ask again at once."""

    found: int = 0
    laid_down: int = 0
    claims: Sequence[Claim] = ()


async def take_due(
    session: AsyncSession,
    *,
    limits: Mapping[Channel, int],
    lease: timedelta,
    wall: datetime,
    desk: Desk,
) -> Batch:
    """Settles or claims due messages, of each channel named in `limits` up to so many.

    Consent, address and erasure are judged again, since planning may be long ago. Workers that ask at the same time
    wait for each other at the customers' locks, and the later one finds the messages taken.
    """
    due = await deliveries.find_due(session, limits=limits, wall=wall)
    if not due:
        return Batch()
    members = await lock_members(session, {row.customer_id for row in due}, policy=desk.policy)
    rows = await deliveries.lock_due(session, [row.message_id for row in due], wall=wall)
    batch = _Sorted()
    for row in rows:
        _sort(batch, row, members, desk)
    await cancel_messages(session, batch.cancelled, desk=desk)
    await _fail(session, batch.broken, wall=wall, desk=desk)
    await _lay_down(session, batch.items, wall=wall, desk=desk)
    claims = await _lease(session, batch.emails, lease=lease, wall=wall, desk=desk)
    return Batch(len(due), len(batch.items), claims)


def _sort(batch: _Sorted, row: Row[Any], members: Mapping[UUID, Member], desk: Desk) -> None:
    member = members[row.customer_id]
    channel = Channel(row.channel)
    obstacle = obstacle_on(channel, member, Purpose(row.purpose))
    if obstacle is None and _comes_too_late(row, member, desk):
        obstacle = Reason.TOO_LATE
    if obstacle is not None:
        batch.cancelled.append((row, obstacle))
        return
    try:
        content = _compose(row, member, desk)
    except InvalidInput as error:
        batch.broken.append((row, error.detail))
        return
    if channel is Channel.INBOX:
        batch.items.append((row, content))
    else:
        batch.emails.append((row, member, content))


def _comes_too_late(row: Row[Any], member: Member, desk: Desk) -> bool:
    """A greeting belongs to its day, however long the mail server was away; one that may be there already goes on."""
    if row.rule != RuleName.BIRTHDAY.value or row.resends:
        return False
    zone = zone_of(member.time_zone, default=desk.policy.default_time_zone)
    return desk.clock.now() >= end_of_local_day(row.happened_at, zone)


def _compose(row: Row[Any], member: Member, desk: Desk) -> RenderedMessage:
    """The content of the first attempt, kept for all others: a resend is the same message to the letter."""
    if row.composed_at is not None:
        return RenderedMessage(row.language, row.subject, row.body_text, row.body_html)
    return desk.templates.render(RuleName(row.rule), member=member, facts=row.facts, happened_at=row.happened_at)


async def _fail(session: AsyncSession, broken: list[tuple[Row[Any], str]], *, wall: datetime, desk: Desk) -> None:
    now = desk.clock.now()
    await deliveries.update_messages(
        session,
        [
            {
                "message_id": row.message_id,
                "state": MessageState.FAILED.value,
                "reason": reason,
                "attempts": row.attempts + 1,
                "settled_at": now,
            }
            for row, reason in broken
        ],
    )
    await deliveries.insert_attempts(
        session, [_attempt(row, wall, finished_at=wall, outcome="broken", detail=reason) for row, reason in broken]
    )
    await desk.outbox.append(
        session,
        [
            events.failed(deliveries.told_of(row), at=now, reason=reason, attempts=row.attempts + 1)
            for row, reason in broken
        ],
    )


async def _lay_down(
    session: AsyncSession, items: list[tuple[Row[Any], RenderedMessage]], *, wall: datetime, desk: Desk
) -> None:
    """The inbox is in this very database: the item, its message's end and the news of it are one transaction."""
    now = desk.clock.now()
    await put_items(session, [_item(row, content, now) for row, content in items])
    await deliveries.update_messages(
        session,
        [
            _content(content, now)
            | {
                "message_id": row.message_id,
                "state": MessageState.SENT.value,
                "attempts": row.attempts + 1,
                "settled_at": now,
            }
            for row, content in items
        ],
    )
    await deliveries.insert_attempts(
        session, [_attempt(row, wall, finished_at=wall, outcome="accepted", detail=None) for row, _ in items]
    )
    await desk.outbox.append(
        session,
        [
            events.sent(deliveries.told_of(row), at=now, subject=content.subject, attempts=row.attempts + 1)
            for row, content in items
        ],
    )


async def _lease(
    session: AsyncSession,
    emails: list[tuple[Row[Any], Member, RenderedMessage]],
    *,
    lease: timedelta,
    wall: datetime,
    desk: Desk,
) -> list[Claim]:
    now = desk.clock.now()
    await deliveries.update_messages(
        session,
        [
            _content(content, row.composed_at or now)
            | {
                "message_id": row.message_id,
                "state": MessageState.SENDING.value,
                "attempts": row.attempts + 1,
                "lease_until": wall + lease,
                "address": member.email,
            }
            for row, member, content in emails
        ],
    )
    await deliveries.insert_attempts(
        session, [_attempt(row, wall, finished_at=None, outcome=None, detail=None) for row, _, _ in emails]
    )
    return [
        Claim(row.customer_id, row.attempts + 1, _email(row, member, content, row.composed_at or now), wall + lease)
        for row, member, content in emails
    ]


def _item(row: Row[Any], content: RenderedMessage, now: datetime) -> NewItem:
    return NewItem(
        item_id=row.message_id,
        customer_id=row.customer_id,
        rule=row.rule,
        language=content.language,
        subject=content.subject,
        body=content.text,
        created_at=now,
    )


def _email(row: Row[Any], member: Member, content: RenderedMessage, composed_at: datetime) -> Email:
    return Email(
        message_id=row.message_id,
        address=member.email or "",
        name=member.display_name,
        language=content.language,
        purpose=Purpose(row.purpose),
        subject=content.subject,
        text=content.text,
        html=content.html,
        composed_at=composed_at,
    )


def _content(content: RenderedMessage, composed_at: datetime) -> dict[str, Any]:
    return {
        "language": content.language,
        "subject": content.subject,
        "body_text": content.text,
        "body_html": content.html,
        "composed_at": composed_at,
    }


def _attempt(
    row: Row[Any], wall: datetime, *, finished_at: datetime | None, outcome: str | None, detail: str | None
) -> dict[str, Any]:
    return {
        "message_id": row.message_id,
        "number": row.attempts + 1,
        "started_at": wall,
        "finished_at": finished_at,
        "outcome": outcome,
        "detail": detail,
    }
