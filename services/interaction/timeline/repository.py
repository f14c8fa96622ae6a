"""SQL for the timeline's messages and tasks."""

from collections.abc import Sequence
from dataclasses import asdict, astuple, fields
from typing import cast

from sqlalchemy import Table
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.interaction.timeline.message import RECEIPTS, Message, Receipt
from services.interaction.timeline.models import TimelineTask
from services.interaction.timeline.task import Task
from shared.db.session import driver

_TASKS = cast(Table, TimelineTask.__table__)  # type: ignore[attr-defined]
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


_SAVE_RECEIPTS = """
INSERT INTO timeline_receipts AS known (message_id, receipt, received_at)
SELECT * FROM unnest($1::uuid[], $2::text[], $3::timestamptz[])
ON CONFLICT (message_id) DO UPDATE SET receipt = EXCLUDED.receipt, received_at = EXCLUDED.received_at
WHERE coalesce(array_position($4::text[], EXCLUDED.receipt), 0) > coalesce(array_position($4::text[], known.receipt), 0)
"""


async def save_tasks(session: AsyncSession, tasks: Sequence[Task]) -> None:
    """Keeps each task, as it ended once it has. Rows go in by id: two workers wait, not deadlock."""
    rows = [asdict(task) for task in sorted(tasks, key=lambda task: task.task_id)]
    incoming = insert(_TASKS)
    changes = {name: incoming.excluded[name] for name in rows[0] if name != "task_id"}
    await session.execute(
        incoming.on_conflict_do_update(
            index_elements=["task_id"], set_=changes, where=incoming.excluded.closed_at.is_not(None)
        ),
        rows,
    )


async def save_receipts(session: AsyncSession, receipts: Sequence[Receipt]) -> None:
    """Keeps what says most of each message. The rows go in by id: two workers on the same ones wait, not deadlock."""
    rows = sorted((astuple(receipt) for receipt in receipts), key=lambda row: row[0])
    await (await driver(session)).execute(_SAVE_RECEIPTS, *zip(*rows, strict=True), list(RECEIPTS))


async def save_messages(session: AsyncSession, messages: Sequence[Message]) -> None:
    """Keeps what was told last of each. The rows go in by id: two workers on the same ones wait, not deadlock."""
    rows = sorted((astuple(message) for message in messages), key=lambda row: row[0])
    await (await driver(session)).execute(_SAVE, *zip(*rows, strict=True))
