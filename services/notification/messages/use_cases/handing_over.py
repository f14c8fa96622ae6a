"""Letters that are handed over in a file instead of sent one by one: settled as sent in the caller's transaction."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncSession

from services.notification.audience.use_cases import lock_members
from services.notification.channels.print_file import PrintHouse, addressed_to
from services.notification.desk import Desk
from services.notification.messages import events
from services.notification.messages.decision import obstacle_on
from services.notification.messages.repository import deliveries
from services.notification.messages.use_cases.cancelling import cancel_messages
from services.notification.messages.use_cases.coupons import Coupons, take_coupons
from services.notification.messages.use_cases.judging import compose, untimely
from services.notification.messages.use_cases.laying_down import fail_broken
from services.notification.messages.use_cases.rows import attempt_values, content_values
from services.notification.templates.use_cases import refresh_templates
from services.notification.values import Lane, Member, MessageState, Reason, RenderedMessage
from shared.contracts.common import Channel, Purpose
from shared.errors import InvalidInput


@dataclass(slots=True)
class HandedOver:
    """How many messages were looked at, and what became of them."""

    looked_at: int = 0
    handed_over: int = 0
    cancelled: int = 0
    failed: int = 0


@dataclass(slots=True)
class _Sorted:
    coupons: Coupons
    cancelled: list[tuple[Row[Any], Reason]] = field(default_factory=list)
    broken: list[tuple[Row[Any], str]] = field(default_factory=list)
    letters: list[tuple[Row[Any], Member, RenderedMessage]] = field(default_factory=list)


async def hand_over(
    session: AsyncSession, house: PrintHouse, *, reference: str, limit: int, wall: datetime, desk: Desk
) -> HandedOver:
    """Settles up to `limit` letters that wait, the urgent first: as sent, under the `reference` of the file.

    Consent, address and day are judged again, since planning may be long ago; quiet hours are not, for a letter rings
    nowhere. Whoever asks at the same time waits at the customers' locks, and then finds other letters or none.
    """
    limits = {(Channel.DIRECT_MAIL, lane): limit for lane in Lane}
    due = await deliveries.find_due(session, limits=limits, wall=wall)
    members = await lock_members(session, {row.customer_id for row in due}, policy=desk.policy)
    await refresh_templates(session, desk.templates)
    rows = sorted(await deliveries.lock_due(session, [row.message_id for row in due], wall=wall), key=_urgency)[:limit]
    batch = _Sorted(await take_coupons(session, rows, members, desk))
    for row in rows:
        _sort(batch, row, members[row.customer_id], desk)
    await cancel_messages(session, batch.cancelled, desk=desk)
    await fail_broken(session, batch.broken, wall=wall, desk=desk)
    await _settle(session, batch.letters, house, reference=reference, wall=wall, desk=desk)
    return HandedOver(len(rows), len(batch.letters), len(batch.cancelled), len(batch.broken))


def _urgency(row: Row[Any]) -> tuple[int, datetime, datetime, str]:
    return list(Lane).index(Lane(row.lane)), row.next_attempt_at, row.planned_at, str(row.message_id)


def _sort(batch: _Sorted, row: Row[Any], member: Member, desk: Desk) -> None:
    obstacle = obstacle_on(Channel.DIRECT_MAIL, member, Purpose(row.purpose)) or untimely(row, member, desk)
    if obstacle is None and batch.coupons.has_run_out_for(row):
        obstacle = Reason.NO_COUPON
    if obstacle is not None:
        batch.cancelled.append((row, obstacle))
        return
    try:
        batch.letters.append((row, member, compose(row, member, desk, batch.coupons.code_for(row))))
    except InvalidInput as error:
        batch.broken.append((row, error.detail))


async def _settle(
    session: AsyncSession,
    letters: Sequence[tuple[Row[Any], Member, RenderedMessage]],
    house: PrintHouse,
    *,
    reference: str,
    wall: datetime,
    desk: Desk,
) -> None:
    now, cost = desk.clock.now(), house.unit_cost
    way = events.SentBy(house.name, 1, cost.micros if cost else None, cost.currency if cost else None)
    settled = {"state": MessageState.SENT.value, "settled_at": now, "last_outcome": "accepted", "reference": reference}
    await deliveries.update_messages(
        session,
        [
            content_values(content, now)
            | settled
            | asdict(way)
            | {
                "message_id": row.message_id,
                "attempts": row.attempts + 1,
                "address": addressed_to(member.address_on(Channel.DIRECT_MAIL) or "", member.display_name),
            }
            for row, member, content in letters
        ],
    )
    await deliveries.insert_attempts(
        session,
        [attempt_values(row, wall, provider=house.name, finished_at=wall, outcome="accepted") for row, _, _ in letters],
    )
    await desk.outbox.append(
        session,
        [
            events.sent(deliveries.told_of(row), at=now, subject=content.subject, attempts=row.attempts + 1, way=way)
            for row, _, content in letters
        ],
    )
