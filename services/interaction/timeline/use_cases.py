"""The timeline follows what is said to customers."""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from services.interaction.timeline.message import Message, last_told
from services.interaction.timeline.repository import save_messages


async def note_messages(session: AsyncSession, messages: Sequence[Message]) -> None:
    """Told again, or in another order, it comes to the same."""
    if messages:
        await save_messages(session, last_told(messages))
