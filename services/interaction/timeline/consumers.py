"""Events that the timeline listens to: messages sent and given up, and what became of them. What was never sent has no
place in it.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from services.interaction.timeline.message import Message, Receipt
from services.interaction.timeline.use_cases import note_messages, note_receipts
from shared.contracts.envelope import Event
from shared.contracts.notification import MessageSent


async def on_messages(session: AsyncSession, events: Sequence[Event[Any]]) -> None:
    await note_messages(session, [_message_of(event) for event in events])


async def on_receipts(session: AsyncSession, events: Sequence[Event[Any]]) -> None:
    await note_receipts(
        session,
        [
            Receipt(message_id=told.message_id, receipt=told.receipt, received_at=told.at)
            for told in (event.data for event in events)
        ],
    )


def _message_of(event: Event[Any]) -> Message:
    told = event.data
    sent = isinstance(told, MessageSent)
    return Message(
        message_id=told.message_id,
        customer_id=told.customer_id,
        occurred_at=told.at,
        state="sent" if sent else "failed",
        rule=told.rule,
        channel=told.channel.value,
        purpose=told.purpose.value,
        language=told.language,
        subject=told.subject if sent else None,
        reason=None if sent else told.reason,
        caused_by=told.caused_by,
    )
