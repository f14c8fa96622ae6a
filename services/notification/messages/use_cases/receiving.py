"""What providers report of messages after they took them: kept, told, and acted on."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncSession

from services.notification.audience.use_cases import lock_customers
from services.notification.channels.port import SendResult, SendStatus
from services.notification.desk import Desk
from services.notification.messages import events
from services.notification.messages.lifecycle import DeliveryLimits, Progress, after_attempt
from services.notification.messages.receipt import Receipt, outranks, suppression_for
from services.notification.messages.repository import deliveries, receipts
from services.notification.suppression.use_cases import NewSuppression, suppress
from services.notification.values import MessageState
from shared.contracts.common import Channel
from shared.messaging.outbox import NewEvent

_ACCEPTED = SendResult(SendStatus.ACCEPTED)


async def record_receipts(session: AsyncSession, reported: Sequence[Receipt], *, desk: Desk) -> int:
    """Takes reports in, each kind once per message; returns how many concerned a message of ours.

    A report shows that the message had been accepted: one that was uncertain is thereby sent. Bounces and complaints
    put the address on the suppression list.
    """
    known = await _identified(session, reported)
    if not known:
        return 0
    owners = await receipts.owners_of(session, {one.message_id for one in known if one.message_id is not None})
    await lock_customers(session, set(owners.values()))
    rows = await deliveries.lock_messages(session, set(owners))
    ours = [one for one in known if one.message_id in rows]
    now = desk.clock.now()
    new = await receipts.insert_receipts(session, ours, at=now)
    announcements: list[NewEvent] = []
    for one in ours:
        if one.message_id is not None and (one.message_id, one.kind) in new:
            announcements += await _follow(session, one, rows[one.message_id], desk=desk)
    await desk.outbox.append(session, announcements)
    return len(ours)


async def _identified(session: AsyncSession, reported: Sequence[Receipt]) -> list[Receipt]:
    """Each report with the id of its message; those of other people's messages are left out."""
    nameless = {(one.provider, one.reference) for one in reported if one.message_id is None and one.reference}
    found: Mapping[tuple[str, str | None], UUID] = await receipts.find_by_reference(session, nameless)
    named = [
        one if one.message_id is not None else replace(one, message_id=found.get((one.provider, one.reference)))
        for one in reported
    ]
    return [one for one in named if one.message_id is not None]


async def _follow(session: AsyncSession, receipt: Receipt, row: Row[Any], *, desk: Desk) -> list[NewEvent]:
    now = desk.clock.now()
    told = deliveries.told_of(row)
    change: dict[str, Any] = {"message_id": row.message_id}
    announcements: list[NewEvent] = []
    progress = Progress(MessageState(row.state), row.attempts, row.deferrals, row.resends)
    if after_attempt(progress, row.attempts, _ACCEPTED, DeliveryLimits()) is not None and row.attempts:
        change |= {"state": MessageState.SENT.value, "reason": None, "lease_until": None, "settled_at": now}
        way = events.SentBy(receipt.provider, row.units, row.cost_micros, row.cost_currency)
        announcements.append(events.sent(told, at=now, subject=row.subject, attempts=row.attempts, way=way))
    if outranks(receipt.kind, await receipts.standing_of(session, row.message_id)):
        change |= {"receipt": receipt.kind.value, "receipt_at": now}
    if len(change) > 1:
        await deliveries.update_messages(session, [change])
    announcements.append(events.receipt_recorded(told, receipt, at=now))
    return announcements + await _suppress(session, receipt, row, told, desk=desk)


async def _suppress(
    session: AsyncSession, receipt: Receipt, row: Row[Any], told: events.Told, *, desk: Desk
) -> list[NewEvent]:
    reason = suppression_for(receipt.kind)
    if reason is None or row.address is None:
        return []
    now = desk.clock.now()
    new = NewSuppression(
        channel=Channel(row.channel),
        address=row.address,
        reason=reason,
        source=receipt.provider,
        created_at=now,
        customer_id=row.customer_id,
    )
    await suppress(session, [new])
    return [events.contact_point_reported(told, address=row.address, reason=reason.value, at=now)]
