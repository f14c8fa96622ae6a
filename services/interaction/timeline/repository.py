"""SQL for the timeline's messages."""

from collections.abc import Sequence
from dataclasses import astuple, fields

from sqlalchemy.ext.asyncio import AsyncSession

from services.interaction.timeline.message import Message
from shared.db.session import driver

_COLUMNS = ", ".join(field.name for field in fields(Message))
_SAVE = f"""
INSERT INTO timeline_messages AS known ({_COLUMNS})
SELECT * FROM unnest(
    $1::uuid[], $2::uuid[], $3::timestamptz[], $4::text[], $5::text[], $6::text[],
    $7::text[], $8::text[], $9::text[], $10::text[], $11::text[]
)
ON CONFLICT (message_id) DO UPDATE SET ({_COLUMNS}) = ROW (EXCLUDED.*)
WHERE (EXCLUDED.occurred_at, EXCLUDED.state = 'sent') >= (known.occurred_at, known.state = 'sent')
"""  # noqa: S608 - made of the names of fields


async def save_messages(session: AsyncSession, messages: Sequence[Message]) -> None:
    """Keeps what was told last of each. The rows go in by id: two workers on the same ones wait, not deadlock."""
    rows = sorted((astuple(message) for message in messages), key=lambda row: row[0])
    await (await driver(session)).execute(_SAVE, *zip(*rows, strict=True))
