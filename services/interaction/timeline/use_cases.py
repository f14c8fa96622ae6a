"""The timeline follows what is said to customers, and what employees have to do about them."""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from services.interaction.timeline.message import Message, Receipt, last_told, most_telling
from services.interaction.timeline.repository import save_messages, save_receipts, save_tasks
from services.interaction.timeline.task import Task, as_they_ended


async def note_messages(session: AsyncSession, messages: Sequence[Message]) -> None:
    """Told again, or in another order, it comes to the same."""
    if messages:
        await save_messages(session, last_told(messages))


async def note_receipts(session: AsyncSession, receipts: Sequence[Receipt]) -> None:
    """Told again, in another order, or before the message itself, it comes to the same."""
    if receipts:
        await save_receipts(session, most_telling(receipts))


async def note_tasks(session: AsyncSession, tasks: Sequence[Task]) -> None:
    """Told again, or in another order, it comes to the same."""
    if tasks:
        await save_tasks(session, as_they_ended(tasks))
