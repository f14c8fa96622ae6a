"""Events that the timeline listens to: messages sent and given up, and what became of them, and tasks of staff. What
was never sent has no place in it.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from services.interaction.timeline.message import Message, Receipt
from services.interaction.timeline.task import Task
from services.interaction.timeline.use_cases import note_messages, note_receipts, note_tasks
from shared.contracts.envelope import Event
from shared.contracts.notification import MessageSent, TaskClosed, TaskCreated


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


async def on_tasks(session: AsyncSession, events: Sequence[Event[Any]]) -> None:
    await note_tasks(session, [_task_of(event.data) for event in events])


def _task_of(told: TaskCreated | TaskClosed) -> Task:
    closing = told if isinstance(told, TaskClosed) else None
    return Task(
        task_id=told.task_id,
        customer_id=told.customer_id,
        occurred_at=told.created_at,
        state=closing.state.value if closing is not None else "open",
        rule=told.rule,
        title=dict(told.title),
        assignee_kind=told.assignee.kind.value,
        assignee=told.assignee.id,
        priority=told.priority.value,
        due_at=told.due_at,
        closed_at=closing.at if closing is not None else None,
        closed_by=closing.closed_by if closing is not None else None,
        caused_by=told.caused_by,
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
