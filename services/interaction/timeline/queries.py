"""One timeline per customer, merged from three tables that each keep the same order."""

import heapq
from collections.abc import Collection
from itertools import islice
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.interaction.ingest.queries import Kind, is_known, list_of_customer
from services.interaction.timeline.models import TimelineMessage, TimelineReceipt, TimelineTask
from services.interaction.timeline.schemas import EntryKind, MessageRead, TaskRead, TimelineEntry
from services.interaction.window import Place, Window
from shared.errors import NotFound

_columns = TimelineMessage.metadata.tables["timeline_messages"].c
_receipts = TimelineMessage.metadata.tables["timeline_receipts"].c
_tasks = TimelineMessage.metadata.tables["timeline_tasks"].c


async def list_timeline(
    session: AsyncSession, customer_id: UUID, window: Window, *, kinds: Collection[EntryKind] | None
) -> list[TimelineEntry]:
    """Newest first. Raises NotFound for a customer that is not known here."""
    if not await is_known(session, customer_id):
        raise NotFound(
            f"no customer {customer_id} is known; register it at the customer service, which makes it known here "
            "within moments; interactions that name it already are kept for it",
            code="customer_not_found",
        )
    wanted = set(EntryKind if kinds is None else kinds)
    interactions: list[TimelineEntry] = []
    messages: list[TimelineEntry] = []
    tasks: list[TimelineEntry] = []
    if interaction_kinds := wanted - {EntryKind.MESSAGE, EntryKind.TASK}:
        # All of them are no filter: the index alone then tells which rows to read.
        every = len(interaction_kinds) == len(Kind)
        narrowed = None if every else [Kind(kind) for kind in interaction_kinds]
        interactions += await list_of_customer(session, customer_id, window, kinds=narrowed)
    if EntryKind.MESSAGE in wanted:
        messages += await _list_messages(session, customer_id, window)
    if EntryKind.TASK in wanted:
        tasks += await _list_tasks(session, customer_id, window)
    return list(islice(heapq.merge(interactions, messages, tasks, key=place_of, reverse=True), window.limit))


def place_of(entry: TimelineEntry) -> Place:
    """The sort key of an entry, and the cursor of a page that ends with it."""
    match entry:
        case MessageRead():
            return entry.occurred_at, entry.message_id
        case TaskRead():
            return entry.occurred_at, entry.task_id
    return entry.occurred_at, entry.interaction_id


async def _list_tasks(session: AsyncSession, customer_id: UUID, window: Window) -> list[TaskRead]:
    statement = select(TimelineTask).where(_tasks.customer_id == customer_id)
    tasks = await session.scalars(window.of(statement, _tasks.occurred_at, _tasks.task_id))
    return [TaskRead.model_validate(task) for task in tasks]


async def _list_messages(session: AsyncSession, customer_id: UUID, window: Window) -> list[MessageRead]:
    statement = select(TimelineMessage).where(_columns.customer_id == customer_id)
    messages = await session.scalars(window.of(statement, _columns.occurred_at, _columns.message_id))
    read = [MessageRead.model_validate(message) for message in messages]
    wanted = _receipts.message_id.in_([message.message_id for message in read])
    receipts = {receipt.message_id: receipt for receipt in await session.scalars(select(TimelineReceipt).where(wanted))}
    return [
        message.model_copy(update={"receipt": receipt.receipt, "receipt_at": receipt.received_at})
        if (receipt := receipts.get(message.message_id)) is not None
        else message
        for message in read
    ]
