"""Taking in facts: each once, folded into the statistics of its customer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from services.scoring.facts import repository
from services.scoring.facts.fact import Fact
from services.scoring.facts.latency import count_latencies
from services.scoring.facts.measures import Measures
from services.scoring.facts.statistics import EMPTY, Statistics, fold
from shared.clock import wall_now
from shared.errors import Poison

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class ReceivedFact:
    """A fact with what is known of its event: the id to name as cause, and when (by the wall) it was recorded."""

    fact: Fact
    event_id: str
    recorded_at: datetime | None


@dataclass(frozen=True, slots=True)
class News:
    """Facts not seen before, by customer, with the event that came last and the statistics before them."""

    facts: Mapping[UUID, list[Fact]]
    causes: Mapping[UUID, str]
    before: Mapping[UUID, Statistics]


@dataclass(frozen=True, slots=True)
class Change:
    """A customer with new facts: the statistics that now hold, and the event that came last."""

    statistics: Statistics
    caused_by: str


async def store_facts(session: AsyncSession, *, received: Sequence[ReceivedFact]) -> News:
    """Keeps what is new; duplicates, in this batch or of any earlier one, change nothing.

    The statistics rows of the customers with news stay locked until the transaction ends.
    """
    fresh, first = await repository.insert_facts(session, [one.fact for one in received])
    if not fresh:
        return News({}, {}, {})
    customers = await repository.insert_statistics(session, first) if first else 0
    facts, causes = _by_customer(received, fresh)
    before = await repository.lock_statistics(session, facts.keys())
    await _count(session, received, fresh, customers=customers)
    return News(facts, causes, before)


async def fold_news(session: AsyncSession, *, news: News, measures: Measures) -> dict[UUID, Change]:
    """Folds what `store_facts` kept, as the policy measures it that is in force once the rows are locked.

    Raises Poison for a fact that cannot be counted.
    """
    after = {customer_id: fold(news.before[customer_id], facts, measures) for customer_id, facts in news.facts.items()}
    await repository.update_statistics(session, after)
    return {customer_id: Change(statistics, news.causes[customer_id]) for customer_id, statistics in after.items()}


async def know_customers(
    session: AsyncSession, *, customers: Sequence[tuple[UUID, int, str, datetime]], applied_at: datetime
) -> None:
    """Takes in (id, version, kind, registered_at); older versions that arrive late change nothing."""
    new = await repository.upsert_known_customers(session, customers)
    if new:
        await repository.insert_batch(
            session,
            applied_at=applied_at,
            facts=0,
            customers=0,
            known_customers=new,
            last_occurred_at=None,
            latencies=count_latencies(()),
        )


async def fold_batches(session: AsyncSession, *, applied_before: datetime) -> None:
    """Keeps the count of what was applied short: rows of before then become one."""
    await repository.fold_batches(session, applied_before)


async def lock_customers(session: AsyncSession, *, customer_ids: Sequence[UUID]) -> Mapping[UUID, Statistics]:
    """The statistics of these customers, locked; who has none is left out."""
    return await repository.lock_statistics(session, customer_ids)


async def lock_next_customers(session: AsyncSession, *, after: UUID | None, limit: int) -> Mapping[UUID, Statistics]:
    """The same for the next customers by id."""
    return await repository.lock_statistics_after(session, after, limit)


async def refold(
    session: AsyncSession, *, customer_ids: Sequence[UUID], measures: Measures
) -> Mapping[UUID, Statistics]:
    """Makes the statistics of customers anew from all their facts, as another policy measures them.

    Their rows must be locked by this transaction. Who has a fact that this policy cannot count is left out and keeps
    the statistics of before: one of them must not hold up all others.
    """
    facts: dict[UUID, list[Fact]] = {customer_id: [] for customer_id in customer_ids}
    for fact in await repository.read_all_facts(session, customer_ids):
        facts[fact.customer_id].append(fact)
    anew = {}
    for customer_id, history in facts.items():
        try:
            anew[customer_id] = fold(EMPTY, history, measures)
        except Poison as error:
            log.error("refold_skipped", customer_id=str(customer_id), code=error.code, reason=error.detail)
    await repository.update_statistics(session, anew)
    return anew


def _by_customer(
    received: Sequence[ReceivedFact], fresh: set[tuple[UUID, UUID]]
) -> tuple[dict[UUID, list[Fact]], dict[UUID, str]]:
    left = set(fresh)
    facts: dict[UUID, list[Fact]] = {}
    causes: dict[UUID, str] = {}
    for one in received:
        key = (one.fact.customer_id, one.fact.event_id)
        if key in left:
            left.remove(key)  # the same event twice in one batch
            facts.setdefault(one.fact.customer_id, []).append(one.fact)
            causes[one.fact.customer_id] = one.event_id
    return facts, causes


async def _count(
    session: AsyncSession, received: Sequence[ReceivedFact], fresh: set[tuple[UUID, UUID]], *, customers: int
) -> None:
    now = wall_now()
    new = [one for one in received if (one.fact.customer_id, one.fact.event_id) in fresh]
    waits = ((now - one.recorded_at).total_seconds() * 1000 for one in new if one.recorded_at is not None)
    await repository.insert_batch(
        session,
        applied_at=now,
        facts=len(fresh),
        customers=customers,
        known_customers=0,
        last_occurred_at=max(one.fact.occurred_at for one in new),
        latencies=count_latencies(waits),
    )
