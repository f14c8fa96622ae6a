"""Messages held for review: a person found out what became of them."""

from typing import Literal
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.notification.audience.use_cases import lock_customers
from services.notification.desk import Desk
from services.notification.messages import events
from services.notification.messages.models import Message
from services.notification.messages.repository import decisions, deliveries
from services.notification.values import MessageState
from shared.clock import wall_now
from shared.errors import Conflict, NotFound

Action = Literal["resend", "mark_sent", "give_up"]
_NEXT = {"resend": MessageState.PLANNED, "mark_sent": MessageState.SENT, "give_up": MessageState.FAILED}


async def release_message(session: AsyncSession, message_id: UUID, action: Action, *, desk: Desk) -> None:
    """Raises NotFound, and Conflict (`message_not_held`) unless it is not known whether the message was accepted."""
    message = await session.get(Message, message_id)
    if message is None:
        raise NotFound(f"there is no message {message_id}", code="message_unknown")
    await lock_customers(session, [message.customer_id])
    row = (await deliveries.lock_messages(session, [message_id]))[message_id]
    if row.state != MessageState.UNCERTAIN.value:
        raise Conflict(
            f"the message is {row.state}; only one that is uncertain waits for a person's word",
            code="message_not_held",
            state=row.state,
        )
    now = desk.clock.now()
    state = _NEXT[action]
    reason = f"given up after review ({row.reason})" if state is MessageState.FAILED else None
    await deliveries.update_messages(
        session,
        [
            {
                "message_id": message_id,
                "state": state.value,
                "reason": reason,
                "resends": row.resends + (state is MessageState.PLANNED),
                "next_attempt_at": wall_now(),
                "settled_at": None if state is MessageState.PLANNED else now,
            }
        ],
    )
    told = deliveries.told_of(row)
    if state is MessageState.PLANNED:
        await decisions.wake(session)
    elif state is MessageState.SENT:
        await desk.outbox.append(session, [events.sent(told, at=now, subject=row.subject, attempts=row.attempts)])
    else:
        await desk.outbox.append(session, [events.failed(told, at=now, reason=reason or "", attempts=row.attempts)])
