"""Messages that were planned and will not be sent after all."""

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncSession

from services.notification.desk import Desk
from services.notification.messages import events
from services.notification.messages.repository import decisions, deliveries
from services.notification.values import MessageState, Reason


async def cancel_messages(session: AsyncSession, cancelled: Sequence[tuple[Row[Any], Reason]], *, desk: Desk) -> None:
    """Settles messages as cancelled and says so; customers and messages are locked."""
    if not cancelled:
        return
    now = desk.clock.now()
    await deliveries.update_messages(
        session,
        [
            {
                "message_id": row.message_id,
                "state": MessageState.CANCELLED.value,
                "reason": reason.value,
                "settled_at": now,
            }
            for row, reason in cancelled
        ],
    )
    for reason in {reason for _, reason in cancelled}:
        decision_ids = {row.decision_id for row, why in cancelled if why is reason}
        await deliveries.suppress_emptied_decisions(session, decision_ids, reason=reason.value)
    await desk.outbox.append(
        session, [events.suppressed(deliveries.told_of(row), at=now, reason=reason) for row, reason in cancelled]
    )


async def forget_customers(session: AsyncSession, customer_ids: Collection[UUID], *, desk: Desk) -> None:
    """Cancels what these customers would still get and empties every text kept for them; the customers are locked.

    A message that a worker has in hand at this instant may still go out: it was claimed before the erasure.
    """
    if not customer_ids:
        return
    now = desk.clock.now()
    waiting = await decisions.suppress_awaiting(session, customer_ids, reason=Reason.ERASED, at=now)
    await desk.outbox.append(session, [events.suppressed(told, at=now, reason=Reason.ERASED) for told in waiting])
    unsettled = await deliveries.lock_unsettled(session, customer_ids)
    await cancel_messages(session, [(row, Reason.ERASED) for row in unsettled], desk=desk)
    await deliveries.forget_contents(session, customer_ids)
