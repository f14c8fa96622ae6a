"""Messages that are settled without a network: laid into an inbox, or not to be composed at all."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncSession

from services.notification.desk import Desk
from services.notification.inbox.use_cases import NewItem, put_items
from services.notification.messages import events
from services.notification.messages.repository import deliveries
from services.notification.messages.use_cases.rows import attempt_values, content_values
from services.notification.offers.use_cases import take_back
from services.notification.values import MessageState, RenderedMessage


async def lay_down(
    session: AsyncSession, items: Sequence[tuple[Row[Any], RenderedMessage]], *, wall: datetime, desk: Desk
) -> None:
    """The inbox is in this very database: the item, its message's end and the news of it are one transaction."""
    now = desk.clock.now()
    await put_items(session, [_item(row, content, now) for row, content in items])
    await deliveries.update_messages(
        session,
        [
            content_values(content, now)
            | {
                "message_id": row.message_id,
                "state": MessageState.SENT.value,
                "attempts": row.attempts + 1,
                "settled_at": now,
            }
            for row, content in items
        ],
    )
    await deliveries.insert_attempts(
        session, [attempt_values(row, wall, finished_at=wall, outcome="accepted") for row, _ in items]
    )
    await desk.outbox.append(
        session,
        [
            events.sent(deliveries.told_of(row), at=now, subject=content.subject, attempts=row.attempts + 1)
            for row, content in items
        ],
    )


async def fail_broken(
    session: AsyncSession, broken: Sequence[tuple[Row[Any], str]], *, wall: datetime, desk: Desk
) -> None:
    """Settles messages that cannot be composed, each with what is wrong with it."""
    now = desk.clock.now()
    await take_back(session, [row.message_id for row, _ in broken])
    await deliveries.update_messages(
        session,
        [
            {
                "message_id": row.message_id,
                "state": MessageState.FAILED.value,
                "reason": reason,
                "attempts": row.attempts + 1,
                "settled_at": now,
            }
            for row, reason in broken
        ],
    )
    await deliveries.insert_attempts(
        session,
        [attempt_values(row, wall, finished_at=wall, outcome="broken", detail=reason) for row, reason in broken],
    )
    await desk.outbox.append(
        session,
        [
            events.failed(deliveries.told_of(row), at=now, reason=reason, attempts=row.attempts + 1)
            for row, reason in broken
        ],
    )


def _item(row: Row[Any], content: RenderedMessage, now: datetime) -> NewItem:
    return NewItem(
        item_id=row.message_id,
        customer_id=row.customer_id,
        rule=row.rule,
        language=content.language,
        subject=content.subject,
        body=content.text,
        created_at=now,
    )
