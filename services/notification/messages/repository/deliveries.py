"""SQL of delivery: due messages, claims, results and cancellations. The customers' rows are locked by the caller."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple, TypeAlias, cast
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Row,
    Select,
    Table,
    bindparam,
    func,
    insert,
    literal,
    select,
    union_all,
    update,
)
from sqlalchemy.ext.asyncio import AsyncSession

from services.notification.messages.events import Told
from services.notification.messages.models import Attempt, Decision, Message, MessageReceipt
from services.notification.values import Lane, MessageState, Outcome
from shared.contracts.common import Channel

_DECISIONS = cast(Table, Decision.__table__)  # type: ignore[attr-defined]
_MESSAGES = cast(Table, Message.__table__)  # type: ignore[attr-defined]
_ATTEMPTS = cast(Table, Attempt.__table__)  # type: ignore[attr-defined]

_RECEIPTS = cast(Table, MessageReceipt.__table__)  # type: ignore[attr-defined]

Queue: TypeAlias = tuple[Channel, Lane]

_UNSETTLED = (MessageState.PLANNED.value, MessageState.UNCERTAIN.value)


def in_state(state: MessageState) -> ColumnElement[bool]:
    """Written out and not bound: with a parameter a cached plan could not use the small index of that state."""
    return _MESSAGES.c.state == literal(state.value, literal_execute=True)


class Waiting(NamedTuple):
    """A message that somebody has to look at; `attempts` is the number of the latest attempt."""

    message_id: UUID
    customer_id: UUID
    attempts: int


async def find_due(session: AsyncSession, *, limits: Mapping[Queue, int], wall: datetime) -> list[Waiting]:
    """Messages that wait for an attempt, of each queue the longest waiting; nothing is locked."""
    queues = [
        select(_MESSAGES.c.message_id, _MESSAGES.c.customer_id, _MESSAGES.c.attempts)
        .where(
            in_state(MessageState.PLANNED),
            _MESSAGES.c.channel == channel.value,
            _MESSAGES.c.lane == lane.value,
            _MESSAGES.c.next_attempt_at <= wall,
        )
        .order_by(_MESSAGES.c.next_attempt_at)
        .limit(limit)
        for (channel, lane), limit in limits.items()
        if limit > 0
    ]
    if not queues:
        return []
    each = [select(queue.subquery()) for queue in queues]  # a part of a union cannot be limited by itself
    return [Waiting(*row) for row in await session.execute(union_all(*each))]


async def find_expired(session: AsyncSession, *, wall: datetime, limit: int) -> list[Waiting]:
    """Messages whose worker did not report back within its lease."""
    rows = await session.execute(
        select(_MESSAGES.c.message_id, _MESSAGES.c.customer_id, _MESSAGES.c.attempts)
        .where(in_state(MessageState.SENDING), _MESSAGES.c.lease_until < wall)
        .order_by(_MESSAGES.c.lease_until)
        .limit(limit)
    )
    return [Waiting(*row) for row in rows]


def _with_cause() -> Select[Any]:
    causes = [
        _DECISIONS.c[name] for name in ("facts", "happened_at", "caused_by", "correlation_id", "template", "of_day")
    ]
    return select(_MESSAGES, *causes).join(_DECISIONS, _DECISIONS.c.decision_id == _MESSAGES.c.decision_id)


async def lock_due(session: AsyncSession, message_ids: Collection[UUID], *, wall: datetime) -> Sequence[Row[Any]]:
    """Those of the messages that are still due, with their cause, locked."""
    rows = await session.execute(
        _with_cause()
        .where(
            _MESSAGES.c.message_id.in_(message_ids),
            _MESSAGES.c.state == MessageState.PLANNED.value,
            _MESSAGES.c.next_attempt_at <= wall,
        )
        .order_by(_MESSAGES.c.next_attempt_at)
        .with_for_update(of=_MESSAGES)
    )
    return list(rows.all())


async def lock_messages(session: AsyncSession, message_ids: Collection[UUID]) -> Mapping[UUID, Row[Any]]:
    rows = await session.execute(
        _with_cause()
        .where(_MESSAGES.c.message_id.in_(message_ids))
        .order_by(_MESSAGES.c.message_id)
        .with_for_update(of=_MESSAGES)
    )
    return {row.message_id: row for row in rows}


async def lock_unsettled(session: AsyncSession, customer_ids: Collection[UUID]) -> Sequence[Row[Any]]:
    """What waits to be sent to these customers, or to be looked at."""
    rows = await session.execute(
        _with_cause()
        .where(_MESSAGES.c.customer_id.in_(customer_ids), _MESSAGES.c.state.in_(_UNSETTLED))
        .order_by(_MESSAGES.c.message_id)
        .with_for_update(of=_MESSAGES)
    )
    return list(rows.all())


async def lock_of_decisions(session: AsyncSession, decision_ids: Collection[UUID]) -> Sequence[Row[Any]]:
    """Every message of these decisions."""
    rows = await session.execute(
        _with_cause()
        .where(_MESSAGES.c.decision_id.in_(decision_ids))
        .order_by(_MESSAGES.c.message_id)
        .with_for_update(of=_MESSAGES)
    )
    return list(rows.all())


async def update_messages(session: AsyncSession, changes: Sequence[dict[str, Any]]) -> None:
    """Each change names its `message_id` and the same columns as the others."""
    if not changes:
        return
    names = [name for name in changes[0] if name != "message_id"]
    statement = (
        update(_MESSAGES)
        .where(_MESSAGES.c.message_id == bindparam("id_"))
        .values({name: bindparam(name) for name in names})
    )
    connection = await session.connection()
    await connection.execute(
        statement, [{"id_": change["message_id"]} | {name: change[name] for name in names} for change in changes]
    )


async def insert_attempts(session: AsyncSession, attempts: Sequence[dict[str, Any]]) -> None:
    if attempts:
        await session.execute(insert(_ATTEMPTS), attempts)


async def finish_attempts(session: AsyncSession, results: Sequence[dict[str, Any]]) -> None:
    """Each result names the attempt and what came of it; it may correct an earlier one."""
    if not results:
        return
    statement = (
        update(_ATTEMPTS)
        .where(_ATTEMPTS.c.message_id == bindparam("id_"), _ATTEMPTS.c.number == bindparam("number_"))
        .values({name: bindparam(name) for name in ("finished_at", "outcome", "detail", "reference")})
    )
    connection = await session.connection()
    await connection.execute(
        statement,
        [
            {
                "id_": result["message_id"],
                "number_": result["number"],
                "finished_at": result["finished_at"],
                "outcome": result["outcome"],
                "detail": result["detail"],
                "reference": result["reference"],
            }
            for result in results
        ],
    )


async def suppress_emptied_decisions(session: AsyncSession, decision_ids: Collection[UUID], *, reason: str) -> None:
    """A decision of which every message was cancelled has become one not to send."""
    remaining = (
        select(_MESSAGES.c.message_id)
        .where(_MESSAGES.c.decision_id == _DECISIONS.c.decision_id, _MESSAGES.c.state != MessageState.CANCELLED.value)
        .exists()
    )
    await session.execute(
        update(_DECISIONS)
        .where(_DECISIONS.c.decision_id.in_(decision_ids), ~remaining)
        .values(outcome=Outcome.SUPPRESSED.value, reason=reason)
    )


async def forget_contents(session: AsyncSession, customer_ids: Collection[UUID]) -> None:
    """Empties every text and address ever kept for these customers; ids, rules and instants stay as the record."""
    messages = select(_MESSAGES.c.message_id).where(_MESSAGES.c.customer_id.in_(customer_ids))
    for details in (_ATTEMPTS, _RECEIPTS):
        await session.execute(update(details).where(details.c.message_id.in_(messages)).values(detail=None))
    await session.execute(
        update(_MESSAGES)
        .where(_MESSAGES.c.customer_id.in_(customer_ids))
        .values(address=None, subject=None, body_text=None, body_html=None)
    )
    await session.execute(
        update(_DECISIONS)
        .where(_DECISIONS.c.customer_id.in_(customer_ids))
        .values(facts=func.jsonb_build_object(), inputs=None)
    )


def told_of(row: Row[Any]) -> Told:
    return Told(
        message_id=row.message_id,
        customer_id=row.customer_id,
        rule=row.rule,
        occasion=row.occasion,
        channel=row.channel,
        purpose=row.purpose,
        language=row.language,
        caused_by=row.caused_by,
        correlation_id=row.correlation_id,
    )
