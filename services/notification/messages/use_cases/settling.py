"""Recording what became of attempts, and finding those of which nobody reported."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncSession

from services.notification.audience.use_cases import lock_customers
from services.notification.channels.port import SendResult, SendStatus
from services.notification.desk import Desk
from services.notification.messages import events
from services.notification.messages.lifecycle import DeliveryLimits, Progress, Step, after_attempt
from services.notification.messages.repository import deliveries
from services.notification.values import MessageState
from shared.messaging.outbox import NewEvent


@dataclass(frozen=True, slots=True)
class AttemptResult:
    message_id: UUID
    customer_id: UUID
    attempt: int
    result: SendResult


async def record_results(
    session: AsyncSession, results: Sequence[AttemptResult], *, wall: datetime, limits: DeliveryLimits, desk: Desk
) -> None:
    """Moves each message on as its attempt ended, and tells of those that are settled by it.

    Safe to repeat, and safe when the lease has run out meanwhile and others have moved the message on.
    """
    await lock_customers(session, {result.customer_id for result in results})
    rows = await deliveries.lock_messages(session, {result.message_id for result in results})
    now = desk.clock.now()
    changes: list[dict[str, Any]] = []
    announcements: list[NewEvent] = []
    for result in results:
        row = rows[result.message_id]
        step = after_attempt(_progress(row), result.attempt, result.result, limits)
        if step is not None:
            changes.append(_change(row, step, wall=wall, now=now))
            announcements += _announce(row, step, now)
    await deliveries.finish_attempts(
        session,
        [
            {
                "message_id": result.message_id,
                "number": result.attempt,
                "finished_at": wall,
                "outcome": result.result.status.value,
                "detail": result.result.detail or None,
            }
            for result in results
        ],
    )
    await deliveries.update_messages(session, changes)
    await desk.outbox.append(session, announcements)


async def expire_leases(
    session: AsyncSession, *, limit: int, wall: datetime, limits: DeliveryLimits, desk: Desk
) -> int:
    """Treats attempts whose worker did not report within its lease as uncertain; returns how many there were.

    The worker may have died before, while or after handing the message over: nobody can know.
    """
    expired = await deliveries.find_expired(session, wall=wall, limit=limit)
    if not expired:
        return 0
    nobody = SendResult(SendStatus.UNCERTAIN, "the worker did not report back")
    await record_results(
        session,
        [AttemptResult(row.message_id, row.customer_id, row.attempts, nobody) for row in expired],
        wall=wall,
        limits=limits,
        desk=desk,
    )
    return len(expired)


def _progress(row: Row[Any]) -> Progress:
    return Progress(MessageState(row.state), row.attempts, row.deferrals, row.resends)


def _change(row: Row[Any], step: Step, *, wall: datetime, now: datetime) -> dict[str, Any]:
    return {
        "message_id": row.message_id,
        "state": step.state.value,
        "reason": step.reason,
        "deferrals": step.deferrals,
        "resends": step.resends,
        "lease_until": None,
        "next_attempt_at": wall + step.delay if step.delay is not None else row.next_attempt_at,
        "settled_at": now if step.state in (MessageState.SENT, MessageState.FAILED) else None,
    }


def _announce(row: Row[Any], step: Step, now: datetime) -> list[NewEvent]:
    told = deliveries.told_of(row)
    if step.state is MessageState.SENT:
        return [events.sent(told, at=now, subject=row.subject, attempts=row.attempts)]
    if step.state is MessageState.FAILED:
        return [events.failed(told, at=now, reason=step.reason or "", attempts=row.attempts)]
    return []
