"""SQL of decisions whose time has not come, and of what was decided before.

The customers' rows are locked by the caller, unless said otherwise.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, cast
from uuid import UUID

from sqlalchemy import Row, Table, bindparam, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from services.notification.messages.manners import Recent
from services.notification.messages.models import Decision, Message
from services.notification.messages.repository.decisions import is_open, is_waiting, plan_of
from services.notification.values import MessagePlan, MessageState, Outcome, Reason
from shared.contracts.common import Channel, Purpose

_DECISIONS = cast(Table, Decision.__table__)  # type: ignore[attr-defined]
_MESSAGES = cast(Table, Message.__table__)  # type: ignore[attr-defined]

_GONE = (MessageState.CANCELLED.value, MessageState.FAILED.value)


async def find_due_customers(session: AsyncSession, *, now: datetime, limit: int) -> list[UUID]:
    """Customers for whom something is due, longest first; nothing is locked."""
    rows = await session.scalars(
        select(_DECISIONS.c.customer_id)
        .where(is_waiting(), _DECISIONS.c.due_at <= now)
        .order_by(_DECISIONS.c.due_at)
        .limit(limit)
    )
    return list(dict.fromkeys(rows))


async def load_due(
    session: AsyncSession, customer_ids: Collection[UUID], *, now: datetime
) -> list[tuple[MessagePlan, datetime]]:
    """What is due, with the instant at which everything needed was known."""
    rows = await session.execute(
        select(_DECISIONS)
        .where(_DECISIONS.c.customer_id.in_(customer_ids), is_waiting(), _DECISIONS.c.due_at <= now)
        .order_by(_DECISIONS.c.due_at, _DECISIONS.c.decision_id)
    )
    return [(plan_of(row), row.known_at or row.recorded_at) for row in rows]


async def load_open(session: AsyncSession, customer_ids: Collection[UUID]) -> Sequence[Row[Any]]:
    """Everything that waits for its time or for a profile."""
    rows = await session.execute(
        select(_DECISIONS)
        .where(_DECISIONS.c.customer_id.in_(customer_ids), is_open())
        .order_by(_DECISIONS.c.decision_id)
    )
    return list(rows.all())


async def load_waiting(session: AsyncSession, decision_ids: Collection[UUID]) -> Sequence[Row[Any]]:
    rows = await session.execute(select(_DECISIONS).where(_DECISIONS.c.decision_id.in_(decision_ids), is_waiting()))
    return list(rows.all())


async def suppress(
    session: AsyncSession, details: Mapping[UUID, Mapping[str, Any]], *, reason: Reason, at: datetime
) -> None:
    """Turns decisions into ones not to send; `details` tells by id what the reason is about."""
    if not details:
        return
    statement = (
        update(_DECISIONS)
        .where(_DECISIONS.c.decision_id == bindparam("id_"))
        .values(
            outcome=Outcome.SUPPRESSED.value,
            reason=reason.value,
            facts={},
            inputs=None,
            subject=None,
            due_at=None,
            decided_at=at,
            detail=bindparam("detail_", type_=_DECISIONS.c.detail.type),
        )
    )
    connection = await session.connection()
    await connection.execute(statement, [{"id_": one, "detail_": dict(detail)} for one, detail in details.items()])


async def load_recent(
    session: AsyncSession, spans: Mapping[UUID, timedelta], *, since: datetime
) -> list[tuple[UUID, Recent]]:
    """What was decided to be written to these customers since then, or waits; and the tasks given about them."""
    is_live = _MESSAGES.c.state.not_in(_GONE)
    names = ("decision_id", "customer_id", "rule", "about", "purpose", "decided_at", "due_at", "merges", "priority")
    rows = await session.execute(
        select(
            *(_DECISIONS.c[name] for name in names),
            _DECISIONS.c.outcome,
            func.array_agg(_MESSAGES.c.channel).filter(is_live).label("channels"),
            func.bool_and((_MESSAGES.c.state == MessageState.PLANNED.value) & (_MESSAGES.c.attempts == 0)).label(
                "untouched"
            ),
        )
        .outerjoin(_MESSAGES, _MESSAGES.c.decision_id == _DECISIONS.c.decision_id)
        .where(
            _DECISIONS.c.customer_id.in_(list(spans)),
            or_(is_waiting(), (_DECISIONS.c.outcome == Outcome.PLANNED.value) & (_DECISIONS.c.decided_at >= since)),
        )
        .group_by(_DECISIONS.c.decision_id)
    )
    return [
        (row.customer_id, _recent_of(row))
        for row in rows
        if row.outcome == Outcome.WAITING.value or row.channels or row.purpose is None
    ]


def _recent_of(row: Any) -> Recent:
    return Recent(
        decision_id=row.decision_id,
        rule=row.rule,
        about=row.about or row.rule,
        purpose=Purpose(row.purpose) if row.purpose is not None else None,
        at=row.due_at or row.decided_at,
        channels=tuple(map(Channel, row.channels or ())),
        merges=row.merges,
        priority=row.priority,
        is_waiting=row.outcome == Outcome.WAITING.value,
        is_untouched=bool(row.untouched),
    )
