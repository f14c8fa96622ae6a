"""SQL of planning: decisions and new messages in whole batches. The customers' rows are locked by the caller."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, TypeAlias, cast
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Table, bindparam, literal, or_, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.notification.messages.events import Told
from services.notification.messages.models import Decision, Message
from services.notification.rules.vocabulary import inputs_from
from services.notification.values import (
    Lane,
    MessagePlan,
    MessageState,
    Outcome,
    Reason,
    message_id_of,
)
from shared.clock import wall_now
from shared.contracts.common import Channel

WAKE_CHANNEL = "notification_deliveries"
"""The NOTIFY channel that wakes the delivery loop."""

_DECISIONS = cast(Table, Decision.__table__)  # type: ignore[attr-defined]
_MESSAGES = cast(Table, Message.__table__)  # type: ignore[attr-defined]

_CHANGING = (
    "channel",
    "purpose",
    "language",
    "outcome",
    "reason",
    "considered",
    "facts",
    "lane",
    "policy_version",
    "rule_version",
    "template",
    "inputs",
    "subject",
    "about",
    "merges",
    "priority",
    "due_at",
    "detail",
    "known_at",
    "decided_at",
)

DecisionRow: TypeAlias = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class NewMessage:
    message_id: UUID
    decision_id: UUID
    customer_id: UUID
    rule: str
    occasion: str
    channel: str
    purpose: str
    language: str
    lane: str = Lane.NORMAL.value


def is_awaiting() -> ColumnElement[bool]:
    """Written out and not bound: with a parameter a cached plan could not use the small index of what waits."""
    return _DECISIONS.c.outcome == literal(Outcome.AWAITING_PROFILE.value, literal_execute=True)


def is_waiting() -> ColumnElement[bool]:
    return _DECISIONS.c.outcome == literal(Outcome.WAITING.value, literal_execute=True)


def is_open() -> ColumnElement[bool]:
    """What waits for its time or for a profile."""
    return or_(is_awaiting(), is_waiting())


async def insert_decisions(session: AsyncSession, rows: Sequence[DecisionRow]) -> set[UUID]:
    """Records what was never decided on, and returns the ids of it."""
    statement = insert(_DECISIONS).on_conflict_do_nothing().returning(_DECISIONS.c.decision_id)
    return set(await session.scalars(statement, rows))


async def update_decisions(session: AsyncSession, rows: Sequence[DecisionRow]) -> None:
    """Turns waiting decisions into final ones."""
    statement = (
        update(_DECISIONS)
        .where(_DECISIONS.c.decision_id == bindparam("id_"))
        .values({name: bindparam(name) for name in _CHANGING})
    )
    connection = await session.connection()
    await connection.execute(
        statement, [{"id_": row["decision_id"]} | {name: row[name] for name in _CHANGING} for row in rows]
    )


async def load_awaiting(session: AsyncSession, customer_ids: Iterable[UUID]) -> list[MessagePlan]:
    rows = await session.execute(
        select(_DECISIONS)
        .where(
            _DECISIONS.c.customer_id.in_(list(customer_ids)),
            is_awaiting(),
        )
        .order_by(_DECISIONS.c.recorded_at, _DECISIONS.c.decision_id)
    )
    return [plan_of(row) for row in rows]


def plan_of(row: Row[Any]) -> MessagePlan:
    return MessagePlan(
        customer_id=row.customer_id,
        rule=row.rule,
        occasion=row.occasion,
        happened_at=row.happened_at,
        recorded_at=row.recorded_at,
        facts=row.facts,
        caused_by=row.caused_by,
        correlation_id=row.correlation_id,
        inputs=inputs_from(row.inputs or {}),
        of_day=row.of_day,
        subject=row.subject,
        due_at=row.due_at,
    )


async def insert_messages(session: AsyncSession, messages: Sequence[NewMessage], *, planned_at: datetime) -> None:
    """Queues messages, due at once, and wakes the delivery loop when the transaction commits."""
    if not messages:
        return
    due_at = wall_now()
    common = {"state": MessageState.PLANNED.value, "planned_at": planned_at, "next_attempt_at": due_at}
    await session.execute(
        insert(_MESSAGES).on_conflict_do_nothing(), [asdict(message) | common for message in messages]
    )
    await wake(session)


async def wake(session: AsyncSession) -> None:
    """Wakes the delivery loops when the transaction commits."""
    await session.execute(text("SELECT pg_notify(:channel, '')"), {"channel": WAKE_CHANNEL})


async def suppress_open(
    session: AsyncSession, customer_ids: Collection[UUID], *, reason: Reason, at: datetime
) -> list[Told]:
    """Turns what waits for its time or for these customers' profiles into decisions not to send, and returns which
    messages that would have been."""
    rows = await session.execute(
        update(_DECISIONS)
        .where(_DECISIONS.c.customer_id.in_(customer_ids), is_open())
        .values(
            outcome=Outcome.SUPPRESSED.value,
            reason=reason.value,
            facts={},
            inputs=None,
            subject=None,
            due_at=None,
            decided_at=at,
        )
        .returning(_DECISIONS)
    )
    return [told_of_decision(row) for row in rows if row.channel is not None]


def told_of_decision(row: Row[Any]) -> Told:
    return Told(
        message_id=message_id_of(row.customer_id, row.rule, row.occasion, Channel(row.channel)),
        customer_id=row.customer_id,
        rule=row.rule,
        occasion=row.occasion,
        channel=row.channel,
        purpose=row.purpose,
        language=row.language,
        caused_by=row.caused_by,
        correlation_id=row.correlation_id,
    )
