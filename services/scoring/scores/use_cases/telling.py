"""Telling the world of scores that have changed: by new facts, by time alone, or because everybody is rescored."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from msgspec import Struct
from sqlalchemy.ext.asyncio import AsyncSession

from services.scoring.facts import use_cases as facts
from services.scoring.facts.state import CustomerState
from services.scoring.facts.use_cases import ReceivedFact
from services.scoring.history import use_cases as history
from services.scoring.profiles import use_cases as profiles
from services.scoring.profiles.told import ToldProfile
from services.scoring.scores import repository
from services.scoring.scores.announcement import NO_OCCASION, Occasion, announce
from services.scoring.scores.context import Context
from services.scoring.scores.keeping import keep
from services.scoring.scores.memory import Memory, pack, unpack
from services.scoring.scores.queries import Contexts
from services.scoring.scores.score import Score, effective_instant, score_many
from services.scoring.scores.telling import Told, changes, tell
from shared.clock import Clock, wall_now
from shared.messaging.outbox import NewEvent, Outbox


@dataclass(frozen=True, slots=True)
class Teller:
    """What telling needs beside a session."""

    contexts: Contexts
    outbox: Outbox
    clock: Clock


class _News(Struct, frozen=True):
    """A customer rescored: the state and memory of before, and what differs enough from them to be told now."""

    customer_id: UUID
    state: CustomerState
    memory: Memory
    score: Score
    told: Told
    changed: tuple[str, ...]

    @property
    def comes_earlier(self) -> bool:
        """Whether the next review is to be brought forward."""
        review_at, due_at = self.score.review_at, self.memory.due_at
        return review_at is not None and (due_at is None or review_at < due_at)

    def remembering(self, due_at: datetime | None) -> CustomerState:
        """The state with this telling and review in mind."""
        told = self.told if self.changed else self.memory.told
        return CustomerState(self.state.statistics, pack(Memory(told, due_at)))


async def apply_facts(session: AsyncSession, *, received: Sequence[ReceivedFact], teller: Teller) -> None:
    """Folds new facts and tells of the scores they change. Raises Poison for a fact that cannot be counted."""
    fresh = await facts.store_facts(session, received=received)
    if not fresh.received:
        return
    context = await teller.contexts.load(session)
    folded = facts.fold_news(fresh, context.measures)
    news = _rescore({one: change.state for one, change in folded.items()}, teller, context)
    earlier = {one.customer_id: one.score.review_at for one in news if one.comes_earlier}
    await facts.keep_states(
        session,
        states={one.customer_id: one.remembering(earlier.get(one.customer_id, one.memory.due_at)) for one in news},
    )
    await repository.set_reviews(session, earlier)
    await _tell(session, news, teller, context, causes={one: change.caused_by for one, change in folded.items()})


async def apply_profiles(session: AsyncSession, *, told: Sequence[ToldProfile], teller: Teller) -> None:
    """Takes in what customers are and tells of the scores that change with it."""
    await profiles.keep_profiles(session, told=told)
    customers = [(one.customer_id, one.registered_at, one.profile) for one in told]
    states = await facts.know_customers(session, customers=customers, applied_at=wall_now())
    if states:
        await rescore_and_tell(session, states, teller, await teller.contexts.load(session), anew=True)


async def review_due(session: AsyncSession, *, teller: Teller, limit: int) -> int:
    """Rescores customers a class of whom time alone may have changed; returns how many there were, at most `limit`."""
    due = await repository.list_due(session, teller.clock.now(), limit)
    customers = await facts.lock_customers(session, customer_ids=due)
    await rescore_and_tell(session, customers, teller, await teller.contexts.load(session))
    return len(due)


async def rescore_and_tell(
    session: AsyncSession,
    customers: Mapping[UUID, CustomerState],
    teller: Teller,
    context: Context,
    occasion: Occasion = NO_OCCASION,
    *,
    anew: bool = False,
) -> int:
    """Of customers whose rows this transaction has locked; returns how many were told of. `anew`: their statistics are
    others than before, and have to be written whether or not there is something to tell."""
    if not customers:
        return 0
    news = _rescore(customers, teller, context)
    moved = {one.customer_id: one.score.review_at for one in news if one.score.review_at != one.memory.due_at}
    remembered = [one for one in news if anew or one.changed or one.customer_id in moved]
    await facts.keep_states(
        session,
        states={one.customer_id: one.remembering(one.score.review_at) for one in remembered},
        silent=occasion.silent,
    )
    await repository.set_reviews(session, moved)
    return await _tell(session, news, teller, context, causes={}, occasion=occasion)


def _rescore(customers: Mapping[UUID, CustomerState], teller: Teller, context: Context) -> list[_News]:
    now = teller.clock.now()
    dated = [(state.statistics, effective_instant(state.statistics, now)) for state in customers.values()]
    news = []
    for (customer_id, state), score in zip(customers.items(), score_many(dated, context), strict=True):
        memory, told = unpack(state.memory), tell(score)
        changed = changes(memory.told, told, context.policy.telling)
        news.append(_News(customer_id, state, memory, score, told, changed))
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
    kept = [keep(one.customer_id, one.told, one.changed, currency, occasion.name) for one in worth_telling]
    await history.keep(session, scores=kept)
    return len(worth_telling)
