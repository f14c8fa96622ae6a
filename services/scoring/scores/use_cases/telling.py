"""Telling the world of scores that have changed: by new facts, by time alone, or because everybody is rescored."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.scoring.facts import use_cases as facts
from services.scoring.facts.statistics import Statistics
from services.scoring.facts.use_cases import ReceivedFact
from services.scoring.scores import repository
from services.scoring.scores.announcement import NO_OCCASION, Occasion, announce
from services.scoring.scores.context import Context
from services.scoring.scores.queries import Contexts
from services.scoring.scores.score import Score, effective_instant, score_many
from services.scoring.scores.telling import Told, changes, tell
from shared.clock import Clock
from shared.messaging.outbox import NewEvent, Outbox


@dataclass(frozen=True, slots=True)
class Teller:
    """What telling needs beside a session."""

    contexts: Contexts
    outbox: Outbox
    clock: Clock


@dataclass(frozen=True, slots=True)
class _News:
    """A customer rescored, with what was told before and what differs enough to be told now."""

    customer_id: UUID
    score: Score
    told: Told
    changed: tuple[str, ...]
    due_at: datetime | None


async def apply_facts(session: AsyncSession, *, received: Sequence[ReceivedFact], teller: Teller) -> None:
    """Folds new facts and tells of the scores they change. Raises Poison for a fact that cannot be counted."""
    fresh = await facts.store_facts(session, received=received)
    if not fresh.facts:
        return
    context = await teller.contexts.load(session)
    applied = await facts.fold_news(session, news=fresh, measures=context.measures)
    news = await _rescore(session, {one: change.statistics for one, change in applied.items()}, teller, context)
    await _tell(session, news, teller, context, causes={one: change.caused_by for one, change in applied.items()})
    earlier = {one.customer_id: one.score.review_at for one in news if _comes_earlier(one.score.review_at, one.due_at)}
    await repository.set_reviews(session, earlier)


async def review_due(session: AsyncSession, *, teller: Teller, limit: int) -> int:
    """Rescores customers a class of whom time alone may have changed; returns how many there were, at most `limit`."""
    due = await repository.list_due(session, teller.clock.now(), limit)
    customers = await facts.lock_customers(session, customer_ids=due)
    await rescore_and_tell(session, customers, teller, await teller.contexts.load(session))
    return len(due)


async def rescore_and_tell(
    session: AsyncSession,
    customers: Mapping[UUID, Statistics],
    teller: Teller,
    context: Context,
    occasion: Occasion = NO_OCCASION,
) -> int:
    """Of customers whose statistics this transaction has locked; returns how many were told of."""
    if not customers:
        return 0
    news = await _rescore(session, customers, teller, context)
    await repository.set_reviews(
        session, {one.customer_id: one.score.review_at for one in news if one.score.review_at != one.due_at}
    )
    return await _tell(session, news, teller, context, causes={}, occasion=occasion)


async def _rescore(
    session: AsyncSession, customers: Mapping[UUID, Statistics], teller: Teller, context: Context
) -> list[_News]:
    now = teller.clock.now()
    before = await repository.read_told(session, customers.keys())
    scores = score_many([(one, effective_instant(one, now)) for one in customers.values()], context)
    news = []
    for customer_id, score in zip(customers, scores, strict=True):
        last, due_at = before[customer_id]
        told = tell(score)
        news.append(_News(customer_id, score, told, changes(last, told, context.policy.telling), due_at))
    return news


async def _tell(
    session: AsyncSession,
    news: Sequence[_News],
    teller: Teller,
    context: Context,
    *,
    causes: Mapping[UUID, str],
    occasion: Occasion = NO_OCCASION,
) -> int:
    worth_telling = [one for one in news if one.changed]
    await repository.upsert_told(session, {one.customer_id: one.told for one in worth_telling})
    currency = context.policy.money.currency
    events = [
        NewEvent(
            data=announce(one.customer_id, one.told, one.changed, currency, occasion=occasion),
            customer_id=one.customer_id,
            time=one.told.as_of,
            causation_id=causes.get(one.customer_id),
        )
        for one in worth_telling
    ]
    await teller.outbox.append(session, events)
    return len(worth_telling)


def _comes_earlier(review_at: datetime | None, due_at: datetime | None) -> bool:
    return review_at is not None and (due_at is None or review_at < due_at)
