"""Telling the world of scores that have changed: by new facts, by time alone, or under a new model or portfolio."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.scoring.facts import queries as fact_queries
from services.scoring.facts import use_cases as facts
from services.scoring.facts.statistics import Statistics
from services.scoring.facts.use_cases import ReceivedFact
from services.scoring.scores import repository
from services.scoring.scores.announcement import announce
from services.scoring.scores.models import Rescoring
from services.scoring.scores.queries import Contexts
from services.scoring.scores.score import Context, Score, effective_instant, score_many
from services.scoring.scores.telling import Told, changes, tell
from shared.clock import Clock
from shared.messaging.outbox import NewEvent, Outbox

_NO_POLICY: Final = 0
"""Of the row that is made before anything was ever rescored."""


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
    applied = await facts.record_facts(session, received=received, measures=teller.contexts.measures)
    if not applied:
        return
    news = await _rescore(session, {one: change.statistics for one, change in applied.items()}, teller)
    await _tell(session, news, teller, causes={one: change.caused_by for one, change in applied.items()})
    earlier = {one.customer_id: one.score.review_at for one in news if _comes_earlier(one.score.review_at, one.due_at)}
    await repository.set_reviews(session, earlier)


async def review_due(session: AsyncSession, *, teller: Teller, limit: int) -> int:
    """Rescores customers a class of whom time alone may have changed; returns how many there were, at most `limit`."""
    due = await repository.list_due(session, teller.clock.now(), limit)
    await _rescore_and_tell(session, await facts.lock_customers(session, customer_ids=due), teller)
    return len(due)


async def rescore_next(session: AsyncSession, *, teller: Teller, limit: int) -> bool:
    """Rescores the next customers under the newest policy, model and portfolio; False when all have been.

    A newer model or portfolio makes it begin anew, a newer policy with the statistics made anew as well: a customer
    whom that policy cannot count is skipped, and keeps score and statistics. One process at a time works; others pass
    by, and so does one whose policy has been superseded.
    """
    progress = await repository.lock_rescoring(session, teller.clock.now())
    if progress is None or progress.policy_version > teller.contexts.policy.version:
        return False
    context = await teller.contexts.load(session)
    if (progress.policy_version, progress.model_version, progress.portfolio_version) != context.versions:
        await _begin(session, progress, context, teller.clock.now())
    if progress.finished_at is not None:
        return False
    customers = await facts.lock_next_customers(session, after=progress.after_customer, limit=limit)
    countable = customers
    if progress.refold:
        countable = await facts.refold(session, customer_ids=list(customers), measures=context.measures)
        progress.skipped += len(customers) - len(countable)
    progress.told += await _rescore_and_tell(session, countable, teller)
    progress.scored += len(countable)
    if len(customers) < limit:
        progress.finished_at = teller.clock.now()
        return False
    progress.after_customer = max(customers)
    return True


async def _begin(session: AsyncSession, progress: Rescoring, context: Context, now: datetime) -> None:
    unfinished = progress.refold and progress.finished_at is None
    progress.refold = unfinished or progress.policy_version not in (_NO_POLICY, context.policy.version)
    progress.policy_version, progress.model_version, progress.portfolio_version = context.versions
    if progress.refold:
        progress.skipped = 0  # without a refold, those skipped by the last one still keep their old statistics
    progress.customers = await fact_queries.count_customers(session)
    progress.scored = progress.told = 0
    progress.after_customer = progress.finished_at = None
    progress.started_at = now


async def _rescore_and_tell(session: AsyncSession, customers: Mapping[UUID, Statistics], teller: Teller) -> int:
    """Returns how many were told of."""
    if not customers:
        return 0
    news = await _rescore(session, customers, teller)
    await repository.set_reviews(
        session, {one.customer_id: one.score.review_at for one in news if one.score.review_at != one.due_at}
    )
    return await _tell(session, news, teller, causes={})


async def _rescore(session: AsyncSession, customers: Mapping[UUID, Statistics], teller: Teller) -> list[_News]:
    """Scores customers whose statistics this transaction has locked."""
    context = await teller.contexts.load(session)
    now = teller.clock.now()
    before = await repository.read_told(session, customers.keys())
    scores = score_many([(one, effective_instant(one, now)) for one in customers.values()], context)
    news = []
    for customer_id, score in zip(customers, scores, strict=True):
        last, due_at = before[customer_id]
        told = tell(score)
        news.append(_News(customer_id, score, told, changes(last, told, context.policy.telling), due_at))
    return news


async def _tell(session: AsyncSession, news: Sequence[_News], teller: Teller, causes: Mapping[UUID, str]) -> int:
    worth_telling = [one for one in news if one.changed]
    await repository.upsert_told(session, {one.customer_id: one.told for one in worth_telling})
    currency = teller.contexts.policy.money.currency
    events = [
        NewEvent(
            data=announce(one.customer_id, one.told, one.changed, currency),
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
