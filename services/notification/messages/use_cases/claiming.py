"""Taking due messages in hand: checked once more, composed, routed, and leased to this worker; the inbox is served.

No network is touched here. The claims returned may be sent only after the transaction has committed: from then on a
crash leaves a message that is known to have been in hand.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncSession

from services.notification.audience.use_cases import lock_members
from services.notification.channels.port import Attachment, Outgoing
from services.notification.channels.registry import Providers
from services.notification.channels.routing import Tried, choose_provider, is_orphaned
from services.notification.desk import Desk
from services.notification.messages.decision import obstacle_on
from services.notification.messages.repository import deliveries
from services.notification.messages.repository.deliveries import Queue
from services.notification.messages.use_cases.cancelling import cancel_messages
from services.notification.messages.use_cases.coupons import Coupons, take_coupons
from services.notification.messages.use_cases.judging import compose, quiet_for, untimely
from services.notification.messages.use_cases.laying_down import fail_broken, lay_down
from services.notification.messages.use_cases.rows import attempt_values, content_values
from services.notification.offers.queries import Content, load_contents
from services.notification.providers.use_cases import draw_allowances
from services.notification.templates.use_cases import refresh_templates
from services.notification.values import Lane, Member, MessageState, Reason, RenderedMessage
from shared.contracts.common import Channel, Purpose
from shared.errors import InvalidInput


@dataclass(frozen=True, slots=True)
class Claim:
    """A message in this worker's hands, as attempt number `attempt` by `provider`, until `lease_until` (wall time)."""

    customer_id: UUID
    attempt: int
    message: Outgoing
    provider: str
    lane: Lane
    lease_until: datetime

    @property
    def message_id(self) -> UUID:
        return self.message.message_id


@dataclass(frozen=True, slots=True, kw_only=True)
class Hand:
    """How much a worker takes at once: by queue, and how much more each provider that works may be sent.

    What no provider takes at present is looked at again after `retry_after`.
    """

    queues: Mapping[Queue, int]
    capacity: Mapping[str, int]
    lease: timedelta
    retry_after: timedelta = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class _Prepared:
    row: Row[Any]
    member: Member
    content: RenderedMessage
    provider: str


@dataclass(slots=True)
class _Sorted:
    """What becomes of the messages of one batch."""

    cancelled: list[tuple[Row[Any], Reason]] = field(default_factory=list)
    broken: list[tuple[Row[Any], str]] = field(default_factory=list)
    items: list[tuple[Row[Any], RenderedMessage]] = field(default_factory=list)
    outgoing: list[_Prepared] = field(default_factory=list)
    orphaned: list[Row[Any]] = field(default_factory=list)
    unroutable: list[Row[Any]] = field(default_factory=list)
    resting: list[tuple[Row[Any], timedelta]] = field(default_factory=list)
    left: int = 0
    coupons: Coupons = field(default_factory=lambda: Coupons({}, {}))


@dataclass(frozen=True, slots=True)
class Batch:
    """`moved` counts every message that was moved on, so that a caller knows whether to ask again at once; `left` those
    whose provider takes no more at present.
    """

    moved: int = 0
    left: int = 0
    laid_down: int = 0
    claims: Sequence[Claim] = ()


async def take_due(session: AsyncSession, *, hand: Hand, providers: Providers, wall: datetime, desk: Desk) -> Batch:
    """Settles or claims due messages, of each queue up to so many as `hand` says.

    Consent, address and erasure are judged again, since planning may be long ago. Workers that ask at the same time
    wait for each other at the customers' locks, and the later one finds the messages taken.
    """
    due = await deliveries.find_due(session, limits=hand.queues, wall=wall)
    if not due:
        return Batch()
    members = await lock_members(session, {row.customer_id for row in due}, policy=desk.policy)
    await refresh_templates(session, desk.templates)
    rows = await deliveries.lock_due(session, [row.message_id for row in due], wall=wall)
    batch, capacity = _Sorted(), await _within_rates(session, rows, hand.capacity, providers, wall)
    batch.coupons = await take_coupons(session, rows, members, desk)
    for row in sorted(rows, key=_urgency):
        _sort(batch, row, members[row.customer_id], providers, capacity, desk)
    await cancel_messages(session, batch.cancelled, desk=desk)
    await fail_broken(session, batch.broken, wall=wall, desk=desk)
    await lay_down(session, batch.items, wall=wall, desk=desk)
    await _set_aside(session, batch, wall=wall, retry_after=hand.retry_after)
    claims = await _lease(session, batch.outgoing, lease=hand.lease, wall=wall, desk=desk)
    return Batch(len(due) - batch.left, batch.left, len(batch.items), claims)


async def _within_rates(
    session: AsyncSession, rows: Sequence[Row[Any]], capacity: Mapping[str, int], providers: Providers, wall: datetime
) -> dict[str, int]:
    """What each provider takes now, where it has a rate no more than that leaves."""
    rates = {name: rate for name in capacity if (rate := providers.mounted(name).rate) is not None}
    if not rates:
        return dict(capacity)
    due = Counter(name for row in rows for name in providers.order(Channel(row.channel)))
    wanted = {name: min(due[name], capacity[name]) for name in rates}
    return {**capacity, **dict.fromkeys(rates, 0), **await draw_allowances(session, rates, wanted, wall=wall)}


def _urgency(row: Row[Any]) -> tuple[int, datetime]:
    return list(Lane).index(Lane(row.lane)), row.next_attempt_at


def _sort(
    batch: _Sorted, row: Row[Any], member: Member, providers: Providers, capacity: dict[str, int], desk: Desk
) -> None:
    channel = Channel(row.channel)
    obstacle = obstacle_on(channel, member, Purpose(row.purpose)) or untimely(row, member, desk)
    if obstacle is not None:
        batch.cancelled.append((row, obstacle))
        return
    quiet = quiet_for(row, member, desk)
    if quiet:
        batch.resting.append((row, quiet))
        return
    provider = None
    if channel is not Channel.INBOX:
        tried, order = _tried(row, providers), providers.order(channel)
        provider = choose_provider(order, capacity, tried)
        if provider is None:
            (batch.orphaned if is_orphaned(order, tried) else batch.unroutable).append(row)
            return
        if capacity[provider] <= 0:
            batch.left += 1
            return
    if batch.coupons.has_run_out_for(row):
        batch.cancelled.append((row, Reason.NO_COUPON))
        return
    try:
        content = compose(row, member, desk, batch.coupons.code_for(row))
    except InvalidInput as error:
        batch.broken.append((row, error.detail))
        return
    if provider is None:
        batch.items.append((row, content))
    else:
        capacity[provider] -= 1
        batch.outgoing.append(_Prepared(row, member, content, provider))


def _tried(row: Row[Any], providers: Providers) -> Tried | None:
    if row.provider is None:
        return None
    # Somebody may have it already: only who recognises it by its key may be given it again without a second thought.
    pinned = row.resends > 0 and (providers.honours_key(row.provider) or row.provider not in providers.names)
    return Tried(row.provider, row.last_outcome, pinned)


async def _set_aside(session: AsyncSession, batch: _Sorted, *, wall: datetime, retry_after: timedelta) -> None:
    """Out of the way of those that can be sent: for a while, or until a person has looked."""
    await deliveries.update_messages(
        session,
        [{"message_id": row.message_id, "next_attempt_at": wall + retry_after} for row in batch.unroutable]
        + [{"message_id": row.message_id, "next_attempt_at": wall + quiet} for row, quiet in batch.resting],
    )
    await deliveries.update_messages(
        session,
        [
            {
                "message_id": row.message_id,
                "state": MessageState.UNCERTAIN.value,
                "reason": f"it may have been accepted by {row.provider}, which is no longer configured",
            }
            for row in batch.orphaned
        ],
    )


async def _lease(
    session: AsyncSession, outgoing: Sequence[_Prepared], *, lease: timedelta, wall: datetime, desk: Desk
) -> list[Claim]:
    now = desk.clock.now()
    await deliveries.update_messages(
        session,
        [
            content_values(one.content, one.row.composed_at or now)
            | {
                "message_id": one.row.message_id,
                "state": MessageState.SENDING.value,
                "attempts": one.row.attempts + 1,
                "lease_until": wall + lease,
                "address": one.member.address_on(Channel(one.row.channel)),
                "provider": one.provider,
                "last_outcome": None,
            }
            for one in outgoing
        ],
    )
    await deliveries.insert_attempts(
        session, [attempt_values(one.row, wall, provider=one.provider) for one in outgoing]
    )
    contents = await load_contents(session, {each.document for one in outgoing for each in one.content.attached})
    return [_claim(one, now, wall + lease, desk, contents) for one in outgoing]


def _claim(one: _Prepared, now: datetime, lease_until: datetime, desk: Desk, contents: Mapping[str, Content]) -> Claim:
    row, member, content = one.row, one.member, one.content
    channel, purpose = Channel(row.channel), Purpose(row.purpose)
    day = (row.composed_at or now).date()  # of the first attempt: a resend is the same message to the letter
    return Claim(
        customer_id=row.customer_id,
        attempt=row.attempts + 1,
        message=Outgoing(
            message_id=row.message_id,
            channel=channel,
            address=member.address_on(channel) or "",
            name=member.display_name,
            language=content.language,
            purpose=purpose,
            subject=content.subject,
            text=content.text,
            html=content.html,
            composed_at=row.composed_at or now,
            rule=row.rule,
            attachments=tuple(
                Attachment(each.name, contents[each.document].media_type, contents[each.document].content)
                for each in content.attached
            ),
            unsubscribe_url=desk.links.one_click(row.customer_id, channel, purpose, day) if desk.links else None,
        ),
        provider=one.provider,
        lane=Lane(row.lane),
        lease_until=lease_until,
    )
