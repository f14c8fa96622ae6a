"""Recording what became of attempts, and finding those of which nobody reported."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Any
from uuid import UUID

from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncSession

from services.notification.audience.use_cases import lock_customers
from services.notification.channels.breaker import BreakerPolicy, Health
from services.notification.channels.port import SendResult, SendStatus
from services.notification.channels.registry import Providers
from services.notification.desk import Desk
from services.notification.messages import events
from services.notification.messages.lifecycle import DeliveryLimits, Progress, Step, Way, after_attempt
from services.notification.messages.repository import deliveries
from services.notification.providers.use_cases import note_results
from services.notification.suppression.reasons import SuppressionReason
from services.notification.suppression.use_cases import NewSuppression, suppress
from services.notification.values import MessageState
from shared.contracts.common import Channel
from shared.messaging.outbox import NewEvent


@dataclass(frozen=True, slots=True)
class AttemptResult:
    message_id: UUID
    customer_id: UUID
    attempt: int
    provider: str | None
    result: SendResult


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """By what a worker settles attempts: the limits of one message, and when a provider is left alone."""

    providers: Providers
    limits: DeliveryLimits = field(default_factory=DeliveryLimits)
    breaker: BreakerPolicy = field(default_factory=BreakerPolicy)


async def record_results(
    session: AsyncSession,
    results: Sequence[AttemptResult],
    *,
    wall: datetime,
    rules: Rules,
    desk: Desk,
    healths: Mapping[str, Health] = MappingProxyType({}),
) -> dict[str, Health]:
    """Moves each message on as its attempt ended, and tells of those that are settled by it.

    Safe to repeat, and safe when the lease has run out meanwhile and others have moved the message on. `healths` is
    what the worker knew of the providers; returned is what has changed by these results.
    """
    await lock_customers(session, {result.customer_id for result in results})
    rows = await deliveries.lock_messages(session, {result.message_id for result in results})
    now = desk.clock.now()
    changes: list[dict[str, Any]] = []
    announcements: list[NewEvent] = []
    for result in results:
        row = rows[result.message_id]
        step = after_attempt(_progress(row), result.attempt, result.result, rules.limits, _way(result, row, rules))
        if step is not None:
            charge = _charge(row, result, rules)
            changes.append(_change(row, step, result.result, wall=wall, now=now) | charge)
            announcements += _announce(row, step, result, charge, now)
    await deliveries.finish_attempts(session, [_ending(result, wall) for result in results])
    await deliveries.update_messages(session, changes)
    await desk.outbox.append(session, announcements)
    await suppress(session, [_gone(rows[one.message_id], one, now) for one in results if _is_gone(one, rows)])
    by_provider: dict[str, list[SendResult]] = defaultdict(list)
    for result in results:
        if result.provider is not None and rules.providers.is_judged(result.provider):
            by_provider[result.provider].append(result.result)
    return await note_results(session, by_provider, known=healths, policy=rules.breaker, wall=wall)


async def expire_leases(session: AsyncSession, *, limit: int, wall: datetime, rules: Rules, desk: Desk) -> int:
    """Treats attempts whose worker did not report within its lease as uncertain; returns how many there were.

    The worker may have died before, while or after handing the message over: nobody can know.
    """
    expired = await deliveries.find_expired(session, wall=wall, limit=limit)
    if not expired:
        return 0
    nobody = SendResult(SendStatus.UNCERTAIN, "the worker did not report back")
    await record_results(
        session,
        # Whose fault it was nobody knows: it is not held against the provider.
        [AttemptResult(row.message_id, row.customer_id, row.attempts, None, nobody) for row in expired],
        wall=wall,
        rules=rules,
        desk=desk,
    )
    return len(expired)


def _progress(row: Row[Any]) -> Progress:
    return Progress(MessageState(row.state), row.attempts, row.deferrals, row.resends)


def _ending(result: AttemptResult, wall: datetime) -> dict[str, Any]:
    return {
        "message_id": result.message_id,
        "number": result.attempt,
        "finished_at": wall,
        "outcome": result.result.status.value,
        "detail": result.result.detail or None,
        "reference": result.result.reference,
    }


def _is_gone(result: AttemptResult, rows: Mapping[UUID, Row[Any]]) -> bool:
    return result.result.address_gone and rows[result.message_id].address is not None


def _gone(row: Row[Any], result: AttemptResult, now: datetime) -> NewSuppression:
    return NewSuppression(
        channel=Channel(row.channel),
        address=row.address,
        reason=SuppressionReason.INVALID,
        source=result.provider or "",
        note=result.result.detail or None,
        customer_id=row.customer_id,
        created_at=now,
    )


def _way(result: AttemptResult, row: Row[Any], rules: Rules) -> Way:
    provider = result.provider or row.provider
    return Way(
        keyed=rules.providers.honours_key(provider),
        has_alternative=provider is not None and rules.providers.has_alternative(Channel(row.channel), provider),
    )


def _charge(row: Row[Any], result: AttemptResult, rules: Rules) -> dict[str, Any]:
    """What the message has cost so far; a copy sent in doubt is charged like the first."""
    charge = {"units": row.units, "cost_micros": row.cost_micros, "cost_currency": row.cost_currency}
    if result.result.status is not SendStatus.ACCEPTED or result.provider not in rules.providers.names:
        return charge
    cost = rules.providers.mounted(result.provider).cost_of(result.result)
    charge["units"] = result.result.units
    if cost is not None and row.cost_currency in (None, cost.currency):
        charge |= {"cost_micros": (row.cost_micros or 0) + cost.micros, "cost_currency": cost.currency}
    return charge


def _change(row: Row[Any], step: Step, result: SendResult, *, wall: datetime, now: datetime) -> dict[str, Any]:
    return {
        "message_id": row.message_id,
        "state": step.state.value,
        "reason": step.reason,
        "deferrals": step.deferrals,
        "resends": step.resends,
        "lease_until": None,
        "next_attempt_at": wall + step.delay if step.delay is not None else row.next_attempt_at,
        "settled_at": now if step.state in (MessageState.SENT, MessageState.FAILED) else None,
        "last_outcome": result.status.value,
        "reference": result.reference or row.reference,
    }


def _announce(
    row: Row[Any], step: Step, result: AttemptResult, charge: Mapping[str, Any], now: datetime
) -> list[NewEvent]:
    told = deliveries.told_of(row)
    provider = result.provider or row.provider
    if step.state is MessageState.SENT:
        way = events.SentBy(provider, charge["units"], charge["cost_micros"], charge["cost_currency"])
        return [events.sent(told, at=now, subject=row.subject, attempts=row.attempts, way=way)]
    if step.state is MessageState.FAILED:
        reason = step.reason or ""
        return [events.failed(told, at=now, reason=reason, attempts=row.attempts, provider=provider)]
    return []
