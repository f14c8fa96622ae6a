"""Reading messages, decisions and their counts."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from sqlalchemy import ColumnElement, Date, Select, Table, func, select, tuple_
from sqlalchemy import cast as cast_sql
from sqlalchemy.ext.asyncio import AsyncSession

from services.notification.audience.queries import count_known_customers
from services.notification.messages.explanation import explain
from services.notification.messages.models import Attempt, Decision, Message, MessageReceipt
from services.notification.messages.repository.decisions import is_awaiting, is_waiting
from services.notification.messages.repository.deliveries import in_state
from services.notification.messages.schemas import (
    AttemptRead,
    CostDimension,
    CostRead,
    CostsRead,
    DecisionCount,
    DecisionRead,
    MessageCount,
    MessageListed,
    MessageRead,
    ReceiptRead,
    Reconciliation,
    StatusRead,
)
from services.notification.values import MessageState, Outcome, Reason
from shared.contracts.common import Channel
from shared.errors import InvalidInput, NotFound
from shared.web.pagination import Page, PageParams, decode_cursor, encode_cursor

MOST_SUMS = 20_000

_DECISIONS = cast(Table, Decision.__table__)  # type: ignore[attr-defined]
_MESSAGES = cast(Table, Message.__table__)  # type: ignore[attr-defined]


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageFilter:
    """All that is given must hold; the names are those of the columns."""

    customer_id: UUID | None = None
    rule: str | None = None
    channel: Channel | None = None
    state: MessageState | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SentContent:
    """What a message said, and where it went; without texts and address once its customer was erased."""

    message_id: UUID
    customer_id: UUID
    rule: str
    language: str
    address: str | None
    subject: str | None
    body_text: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionFilter:
    customer_id: UUID | None = None
    rule: str | None = None
    outcome: Outcome | None = None
    reason: Reason | None = None
    start: datetime | None = None
    end: datetime | None = None


async def list_messages(session: AsyncSession, wanted: MessageFilter, page: PageParams) -> Page[MessageListed]:
    """The latest planned first."""
    query = select(_MESSAGES).where(*_conditions(_MESSAGES, wanted))
    rows = await _page(session, query, page, _MESSAGES.c.planned_at, _MESSAGES.c.message_id)
    items = [MessageListed.model_validate(row) for row in rows[: page.limit]]
    more = len(rows) > page.limit
    return Page(items=items, next_cursor=encode_cursor(items[-1].planned_at, items[-1].message_id) if more else None)


async def list_decisions(session: AsyncSession, wanted: DecisionFilter, page: PageParams) -> Page[DecisionRead]:
    """The latest decided first."""
    query = select(_DECISIONS).where(*_conditions(_DECISIONS, wanted))
    rows = await _page(session, query, page, _DECISIONS.c.decided_at, _DECISIONS.c.decision_id)
    items = [show_decision(dict(row._mapping)) for row in rows[: page.limit]]
    more = len(rows) > page.limit
    return Page(items=items, next_cursor=encode_cursor(items[-1].decided_at, items[-1].decision_id) if more else None)


async def get_message(session: AsyncSession, message_id: UUID) -> MessageRead:
    """Raises NotFound."""
    message = await session.get(Message, message_id)
    decision = await session.get(Decision, message.decision_id) if message is not None else None
    if message is None or decision is None:
        raise NotFound(f"there is no message {message_id}", code="message_unknown")
    tries = await session.scalars(select(Attempt).filter_by(message_id=message_id).order_by("number"))
    reported = await session.scalars(
        select(MessageReceipt).filter_by(message_id=message_id).order_by("received_at", "kind")
    )
    is_due = message.state == MessageState.PLANNED.value
    values = message.model_dump() | {
        "next_attempt_at": message.next_attempt_at if is_due else None,
        "tries": [AttemptRead.model_validate(one) for one in tries],
        "receipts": [ReceiptRead.model_validate(one) for one in reported],
        "why": show_decision(decision.model_dump()),
    }
    return MessageRead.model_validate(values)


async def list_handed_over(session: AsyncSession, provider: str, reference: str) -> list[SentContent]:
    """What a provider took under this name, always in the same order."""
    columns = [_MESSAGES.c[name] for name in SentContent.__dataclass_fields__]
    rows = await session.execute(
        select(*columns)
        .where(_MESSAGES.c.provider == provider, _MESSAGES.c.reference == reference)
        .order_by(_MESSAGES.c.planned_at, _MESSAGES.c.message_id)
    )
    return [SentContent(**row._mapping) for row in rows]


@dataclass(frozen=True, slots=True, kw_only=True)
class CostFilter:
    """Messages settled from `start` on and before `end`, told apart by `by`."""

    start: datetime
    end: datetime
    by: Sequence[CostDimension]


async def sum_costs(session: AsyncSession, wanted: CostFilter, *, time_zone: str) -> CostsRead:
    """What providers took money for, a message in doubt and its copy too. Raises InvalidInput for too many sums."""
    settled = _MESSAGES.c.settled_at
    dimensions: dict[str, ColumnElement[Any]] = {
        CostDimension.DAY: cast_sql(func.timezone(time_zone, settled), Date),
        **{one: _MESSAGES.c[one.value] for one in CostDimension if one is not CostDimension.DAY},
    }
    told = {one.value: dimensions[one].label(one.value) for one in wanted.by}
    query = (
        select(
            *told.values(),
            _MESSAGES.c.cost_currency.label("currency"),
            func.count().label("messages"),
            func.sum(func.coalesce(_MESSAGES.c.units, 1)).label("units"),
            func.sum(_MESSAGES.c.cost_micros).label("cost_micros"),
        )
        .where(_MESSAGES.c.cost_micros.is_not(None), settled >= wanted.start, settled < wanted.end)
        .group_by(*told, "currency")
        .order_by(*told, "currency")
    )
    rows = (await session.execute(query.limit(MOST_SUMS + 1))).all()
    if len(rows) > MOST_SUMS:
        raise InvalidInput(
            f"there are more than {MOST_SUMS} sums: take less time, or tell less apart",
            code="costs_too_many",
            field="by",
        )
    blank = dict.fromkeys(CostDimension)
    return CostsRead(
        start=wanted.start,
        end=wanted.end,
        items=[CostRead.model_validate(blank | dict(row._mapping)) for row in rows],
    )


async def get_status(session: AsyncSession, *, now: datetime) -> StatusRead:
    """Read from the small indexes of what is unsettled, however many messages were ever sent."""
    counts = {
        state: await session.scalar(select(func.count()).where(in_state(state))) or 0
        for state in (MessageState.PLANNED, MessageState.SENDING, MessageState.UNCERTAIN)
    }
    awaiting = select(func.count()).where(is_awaiting())
    waiting = select(func.count()).where(is_waiting())
    oldest = select(func.min(_MESSAGES.c.planned_at)).where(in_state(MessageState.PLANNED))
    return StatusRead(
        now=now,
        customers=await count_known_customers(session),
        awaiting_profile=await session.scalar(awaiting) or 0,
        waiting=await session.scalar(waiting) or 0,
        planned=counts[MessageState.PLANNED],
        sending=counts[MessageState.SENDING],
        uncertain=counts[MessageState.UNCERTAIN],
        oldest_planned_at=await session.scalar(oldest),
    )


async def reconcile(session: AsyncSession) -> Reconciliation:
    """Counts everything ever decided and sent, in one consistent state."""
    decided = (_DECISIONS.c.rule, _DECISIONS.c.outcome, _DECISIONS.c.reason)
    decisions = await session.execute(
        select(*decided, func.count().label("decisions")).group_by(*decided).order_by(*decided)
    )
    kind = (_MESSAGES.c.rule, _MESSAGES.c.channel, _MESSAGES.c.state)
    messages = await session.execute(
        select(
            *kind,
            func.count().label("messages"),
            func.sum(_MESSAGES.c.attempts).label("attempts"),
            func.sum(_MESSAGES.c.resends).label("resends"),
        )
        .group_by(*kind)
        .order_by(*kind)
    )
    return Reconciliation(
        decisions=[DecisionCount.model_validate(row) for row in decisions],
        messages=[MessageCount.model_validate(row) for row in messages],
    )


def show_decision(values: dict[str, Any]) -> DecisionRead:
    """A row with the sentence that it comes to."""
    due_at = values["due_at"]
    explanation = explain(
        rule=values["rule"],
        outcome=Outcome(values["outcome"]),
        reason=Reason(values["reason"]) if values["reason"] else None,
        channel=values["channel"],
        purpose=values["purpose"],
        due_at=due_at.isoformat() if due_at else None,
        detail=values["detail"] or {},
    )
    action = "task" if values["channel"] is None else "message"
    return DecisionRead.model_validate({**values, "action": action, "explanation": explanation})


def _conditions(table: Table, wanted: MessageFilter | DecisionFilter) -> list[ColumnElement[bool]]:
    """`start` and `end` bound the instant of a decision; the other names are those of the columns."""
    equal = {name: value for name, value in asdict(wanted).items() if value is not None}
    start, end = equal.pop("start", None), equal.pop("end", None)
    conditions = [table.c[name] == value for name, value in equal.items()]
    if start is not None:
        conditions.append(table.c.decided_at >= start)
    if end is not None:
        conditions.append(table.c.decided_at < end)
    return conditions


async def _page(
    session: AsyncSession, query: Select[Any], page: PageParams, at: ColumnElement[Any], key: ColumnElement[Any]
) -> Sequence[Any]:
    """One row more than the page shows, so that it is known whether there is another."""
    if page.cursor is not None:
        query = query.where(tuple_(at, key) < tuple_(*decode_cursor(page.cursor, datetime, UUID)))
    rows = await session.execute(query.order_by(at.desc(), key.desc()).limit(page.limit + 1))
    return list(rows.all())
