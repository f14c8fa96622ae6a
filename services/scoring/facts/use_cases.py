"""Taking in facts: each once, folded into the statistics of its customer."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import compress
from typing import Final
from uuid import UUID

import structlog
from msgspec import Struct
from sqlalchemy.ext.asyncio import AsyncSession

from services.scoring.changes import use_cases as changes
from services.scoring.facts import queries, repository
from services.scoring.facts.circumstances import Circumstances
from services.scoring.facts.fact import Fact, FactKind
from services.scoring.facts.histories import History
from services.scoring.facts.latency import count_latencies
from services.scoring.facts.measures import Measures
from services.scoring.facts.profile import Profile
from services.scoring.facts.state import CustomerState
from services.scoring.facts.statistics import Statistics, fold, fold_history, merge
from shared.clock import wall_now
from shared.db.locks import advisory_key, transaction_lock, transaction_lock_shared
from shared.errors import Poison

_PROFILES: Final = advisory_key("scoring.profiles")
"""Held together by who adds customers with facts, and alone by who tells what customers are."""

_MARKED_AT_ONCE: Final = 5_000

log = structlog.get_logger(__name__)


class ReceivedFact(Struct, frozen=True):
    """A fact with what is known of its event: the id to name as cause, and when (by the wall) it was recorded."""

    fact: Fact
    event_id: str
    recorded_at: datetime | None


class News(Struct, frozen=True):
    """Facts not seen before, by customer and in their order, and the states before them; all facts of those of whom
    something was taken back."""

    received: Mapping[UUID, list[ReceivedFact]]
    before: Mapping[UUID, CustomerState]
    histories: Mapping[UUID, History] = {}


class Change(Struct, frozen=True):
    """A customer with new facts: the state as it will be once kept, and the event that came last."""

    state: CustomerState
    caused_by: str


async def store_facts(session: AsyncSession, *, received: Sequence[ReceivedFact]) -> News:
    """Keeps what is new; duplicates, in this batch or of any earlier one, change nothing.

    The rows of the customers with news stay locked until the transaction ends.
    """
    is_new = await repository.insert_facts(session, [one.fact for one in received], wall_now())
    new = list(compress(received, is_new))
    if not new:
        return News({}, {})
    by_customer: dict[UUID, list[ReceivedFact]] = {}
    for one in new:
        by_customer.setdefault(one.fact.customer_id, []).append(one)
    # Rows are added before any is locked: whoever waits for another's new row must not hold what that one locks next.
    customers = await repository.insert_states(session, by_customer.keys())
    if customers:
        await transaction_lock_shared(session, _PROFILES)
    before = await repository.lock_states(session, by_customer.keys())
    if customers:
        before = await _introduce(session, before)
    await _count(session, new, customers=customers)
    takers = {one.fact.customer_id for one in new if one.fact.kind is FactKind.VOID}
    return News(by_customer, before, await queries.read_histories(session, takers) if takers else {})


def fold_news(news: News, measures: Measures) -> dict[UUID, Change]:
    """Folds what `store_facts` kept, as the policy measures it that is in force once the rows are locked; `keep_states`
    has to write it. Raises Poison for a fact that cannot be counted."""
    return {
        customer_id: _change(news.before[customer_id], received, news.histories.get(customer_id), measures)
        for customer_id, received in news.received.items()
    }


async def keep_states(session: AsyncSession, *, states: Mapping[UUID, CustomerState], silent: bool = False) -> None:
    """Writes the states of customers whose rows this transaction has locked, and marks them as changed."""
    await repository.update_states(session, states, silent=silent)


async def mark_without_facts(session: AsyncSession, *, silent: bool) -> None:
    """Marks as changed who is known but has no statistics: money that is told of them counts otherwise too."""
    after: UUID | None = None
    while customer_ids := await queries.list_without_facts(session, after=after, limit=_MARKED_AT_ONCE):
        await changes.mark_changed(session, customer_ids=customer_ids, silent=silent)
        after = customer_ids[-1]


async def know_customers(
    session: AsyncSession, *, customers: Sequence[tuple[UUID, datetime, Profile]], applied_at: datetime
) -> Mapping[UUID, CustomerState]:
    """Takes in (id, registered_at, profile) and marks them as changed; older versions that arrive late change nothing.

    Returns the states of those with facts whose profile is news, locked; `keep_states` has to write them, and marks
    them.
    """
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
    # Nobody adds a customer's row meanwhile: either it is there already, or it will be made with this profile.
    await transaction_lock(session, _PROFILES)
    before = await repository.lock_states(session, [customer_id for customer_id, _, _ in customers])
    after = dict(before)
    for customer_id, _, profile in customers:
        if customer_id in after:
            after[customer_id] = _acquaint(after[customer_id], profile)
    news = {customer_id: state for customer_id, state in after.items() if state != before[customer_id]}
    await changes.mark_changed(session, customer_ids={customer_id for customer_id, _, _ in customers} - news.keys())
    return news


async def fold_batches(session: AsyncSession, *, applied_before: datetime) -> None:
    """Keeps the count of what was applied short: rows of before then become one."""
    await repository.fold_batches(session, applied_before)


async def lock_customers(session: AsyncSession, *, customer_ids: Sequence[UUID]) -> Mapping[UUID, CustomerState]:
    """The states of these customers, locked; who has none is left out."""
    return await repository.lock_states(session, customer_ids)


async def lock_next_customers(session: AsyncSession, *, after: UUID | None, limit: int) -> Mapping[UUID, CustomerState]:
    """The same for the next customers by id."""
    return await repository.lock_states_after(session, after, limit)


async def refold(
    session: AsyncSession, *, customers: Mapping[UUID, CustomerState], measures: Measures
) -> Mapping[UUID, CustomerState]:
    """The states with statistics made anew from all facts, as another policy measures them; `keep_states` writes them.

    Their rows must be locked by this transaction. Who has a fact that this policy cannot count is left out and keeps
    the statistics of before: one of them must not hold up all others.
    """
    anew: dict[UUID, CustomerState] = {}
    folded = await queries.fold_anew(session, customer_ids=customers.keys(), measures=measures)
    for customer_id, found in folded.items():
        if isinstance(found, Poison):
            log.error("refold_skipped", customer_id=str(customer_id), code=found.code, reason=found.detail)
        else:
            anew[customer_id] = CustomerState(found, customers[customer_id].memory)
    return anew


async def _introduce(session: AsyncSession, states: Mapping[UUID, CustomerState]) -> dict[UUID, CustomerState]:
    """The states, where those without any fact so far know who their customer is."""
    new = [customer_id for customer_id, state in states.items() if not state.statistics.facts]
    profiles = await repository.read_profiles(session, new)
    return {**states, **{one: _acquaint(states[one], profile) for one, profile in profiles.items()}}


def _acquaint(state: CustomerState, profile: Profile) -> CustomerState:
    return CustomerState(merge(state.statistics, Statistics(more=Circumstances(profile=profile))), state.memory)


def _change(before: CustomerState, news: Sequence[ReceivedFact], history: History | None, measures: Measures) -> Change:
    """With its history, statistics are made anew: something that was counted may never have happened."""
    if history is None:
        statistics = fold(before.statistics, [one.fact for one in news], measures)
    else:
        statistics = fold_history(before.statistics, history.facts, measures)
    return Change(CustomerState(statistics, before.memory), news[-1].event_id)


async def _count(session: AsyncSession, new: Sequence[ReceivedFact], *, customers: int) -> None:
    now = wall_now()
    waits = [(now - one.recorded_at).total_seconds() * 1000 for one in new if one.recorded_at is not None]
    await repository.insert_batch(
        session,
        applied_at=now,
        facts=len(new),
        customers=customers,
        known_customers=0,
        last_occurred_at=max([one.fact.occurred_at for one in new]),
        latencies=count_latencies(waits),
    )
