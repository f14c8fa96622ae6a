"""Messages that were planned and will not be sent after all, and tasks that need no doing any more."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncSession

from services.notification.desk import Desk
from services.notification.messages import events
from services.notification.messages.ending import Happening, ending_of
from services.notification.messages.repository import decisions, deliveries, waiting
from services.notification.offers.use_cases import take_back
from services.notification.rules.book import RuleBook
from services.notification.tasks.queries import find_open_tasks
from services.notification.tasks.use_cases import cancel_tasks
from services.notification.values import MessagePlan, MessageState, Reason, decision_id_of


async def cancel_messages(session: AsyncSession, cancelled: Sequence[tuple[Row[Any], Reason]], *, desk: Desk) -> None:
    """Settles messages as cancelled and says so; customers and messages are locked."""
    if not cancelled:
        return
    now = desk.clock.now()
    await deliveries.update_messages(
        session,
        [
            {
                "message_id": row.message_id,
                "state": MessageState.CANCELLED.value,
                "reason": reason.value,
                "settled_at": now,
            }
            for row, reason in cancelled
        ],
    )
    await take_back(session, [row.message_id for row, _ in cancelled if row.composed_at is None])
    for reason in {reason for _, reason in cancelled}:
        decision_ids = {row.decision_id for row, why in cancelled if why is reason}
        await deliveries.suppress_emptied_decisions(session, decision_ids, reason=reason.value)
    await desk.outbox.append(
        session, [events.suppressed(deliveries.told_of(row), at=now, reason=reason) for row, reason in cancelled]
    )


async def forget_customers(session: AsyncSession, customer_ids: Collection[UUID], *, desk: Desk) -> None:
    """Cancels what these customers would still get and empties every text kept for them; the customers are locked.

    A message that a worker has in hand at this instant may still go out: it was claimed before the erasure.
    """
    if not customer_ids:
        return
    now = desk.clock.now()
    waiting = await decisions.suppress_open(session, customer_ids, reason=Reason.ERASED, at=now)
    await desk.outbox.append(session, [events.suppressed(told, at=now, reason=Reason.ERASED) for told in waiting])
    unsettled = await deliveries.lock_unsettled(session, customer_ids)
    await cancel_messages(session, [(row, Reason.ERASED) for row in unsettled], desk=desk)
    await deliveries.forget_contents(session, customer_ids)


async def displace_decisions(session: AsyncSession, displaced: Mapping[UUID, MessagePlan], *, desk: Desk) -> None:
    """What was to be said on the same day and gives way: decisions by id, and the plan that each gives way to.

    Taken back is what waits, and what nobody has tried to send yet; the rest stays. The customers are locked.
    """
    if not displaced:
        return
    now = desk.clock.now()
    waits = await waiting.load_waiting(session, displaced)
    rows = [
        row
        for row in await deliveries.lock_of_decisions(session, displaced)
        if row.state == MessageState.PLANNED.value and not row.attempts
    ]
    await cancel_messages(session, [(row, Reason.MERGED) for row in rows], desk=desk)
    taken_back = {row.decision_id for row in (*waits, *rows)}
    details = {one: _naming(displaced[one], now) for one in taken_back}
    await waiting.suppress(session, details, reason=Reason.MERGED, at=now)
    told = [decisions.told_of_decision(row) for row in waits]
    await desk.outbox.append(session, [events.suppressed(one, at=now, reason=Reason.MERGED) for one in told])


async def cancel_by_events(
    session: AsyncSession, happenings: Mapping[UUID, Sequence[Happening]], book: RuleBook, *, desk: Desk
) -> None:
    """Ends what waits, and tasks that are open, by rules that end with what has happened since; by customer, who are
    locked."""
    if not happenings:
        return
    now = desk.clock.now()
    ended: dict[UUID, dict[str, str]] = {}
    told: list[events.Told] = []
    for row in await waiting.load_open(session, happenings):
        cause = _cause_of(row, happenings, book)
        if cause is not None:
            ended[row.decision_id] = cause
            told += [decisions.told_of_decision(row)] if row.channel is not None else []
    overtaken = {
        task.task_id: cause
        for task in await find_open_tasks(session, happenings)
        if (cause := _cause_of(task, happenings, book)) is not None
    }
    await cancel_tasks(session, overtaken, desk=desk)
    await waiting.suppress(session, ended | overtaken, reason=Reason.CANCELLED, at=now)
    await desk.outbox.append(session, [events.suppressed(one, at=now, reason=Reason.CANCELLED) for one in told])


class _Open(Protocol):
    """A decision that waits, or a task."""

    customer_id: UUID
    rule: str
    happened_at: datetime
    subject: str | None
    caused_by: str | None


def _cause_of(
    one: _Open | Row[Any], happenings: Mapping[UUID, Sequence[Happening]], book: RuleBook
) -> dict[str, str] | None:
    rule = book.find(one.rule)
    others = [happening for happening in happenings[one.customer_id] if happening.event_id != one.caused_by]
    cause = ending_of(rule, one.happened_at, one.subject, others) if rule is not None else None
    return {"event": cause.kind, "event_id": cause.event_id, "at": cause.at.isoformat()} if cause is not None else None


def _naming(plan: MessagePlan, at: datetime) -> dict[str, str]:
    decision_id = decision_id_of(plan.customer_id, plan.rule, plan.occasion)
    return {"decision_id": str(decision_id), "rule": plan.rule, "at": at.isoformat()}
