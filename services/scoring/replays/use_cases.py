"""Replaying: everybody made anew from the facts beside what is in use, held against it, and put in its place."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import and_, col, or_, select

from services.scoring.changes import queries as feed
from services.scoring.changes import use_cases as changes
from services.scoring.changes.follower import Follower
from services.scoring.changes.queries import Changes
from services.scoring.facts import queries as facts
from services.scoring.replays import queries, repository
from services.scoring.replays.comparison import Compared, rebuild
from services.scoring.replays.models import Replay
from services.scoring.replays.progress import State
from services.scoring.scores import use_cases as scores
from services.scoring.scores.announcement import Occasion
from services.scoring.scores.context import Context
from services.scoring.scores.queries import Contexts
from services.scoring.scores.use_cases import Teller
from shared.db.locks import advisory_key, transaction_lock
from shared.errors import Conflict
from shared.ids import uuid7

_ASKING: Final = advisory_key("scoring.replays")
_LEASE: Final = timedelta(minutes=2)
"""A portion takes a second or two; a worker that has not finished after this has died."""


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to work on the next portion of the replay. `state` is what it was when claimed."""

    replay_id: UUID
    state: State
    after_customer: UUID | None
    policy_version: int | None
    leased_until: datetime


async def request_replay(session: AsyncSession, *, reason: str, silent: bool, author: str, wall: datetime) -> Replay:
    """Asks for everybody to be rebuilt. Raises Conflict while another replay is open."""
    await transaction_lock(session, _ASKING)
    if (other := await queries.find_open(session)) is not None:
        raise Conflict(
            f"replay {other.replay_id} is {other.state}; switch to it or discard it first",
            code="replay_open",
            replay_id=str(other.replay_id),
        )
    replay = Replay(
        replay_id=uuid7(),
        state="queued",
        requested_at=wall,
        requested_by=author,
        reason=reason,
        silent=silent,
        customers=await facts.count_customers(session),
    )
    session.add(replay)
    await session.flush()
    return replay


async def request_switch(session: AsyncSession, replay_id: UUID) -> Replay:
    """Lets what was rebuilt take the place of what is in use. Raises Conflict before everybody is rebuilt."""
    replay = await queries.get_replay(session, replay_id, lock=True)
    if replay.state != "ready":
        raise Conflict(
            f"the replay is {replay.state}; only one that is ready can be switched to",
            code="replay_state",
            state=replay.state,
        )
    replay.state = "switching"
    return replay


async def discard_replay(session: AsyncSession, replay_id: UUID, *, wall: datetime) -> Replay:
    """Lets go of what was rebuilt; what it found can still be read. Raises Conflict when it is in use or has ended."""
    replay = await queries.get_replay(session, replay_id, lock=True)
    if replay.state not in ("queued", "rebuilding", "ready", "switching"):
        raise Conflict(
            f"the replay is {replay.state}; what it rebuilt cannot be discarded any more",
            code="replay_state",
            state=replay.state,
        )
    replay.state, replay.finished_at = "discarded", wall
    await _stop_following(session)
    return replay


async def claim_portion(session: AsyncSession, *, wall: datetime) -> Claim | None:
    """Takes the open replay, unless somebody works on it. None when there is nothing to do."""
    free = or_(col(Replay.leased_until).is_(None), col(Replay.leased_until) < wall)
    unended = select(Replay).where(and_(col(Replay.finished_at).is_(None), free))
    replay = await session.scalar(unended.with_for_update(skip_locked=True))
    if replay is None:
        return None
    replay.leased_until = wall + _LEASE
    return Claim(replay.replay_id, replay.state, replay.after_customer, replay.policy_version, wall + _LEASE)


async def begin_rebuilding(session: AsyncSession, claim: Claim, *, contexts: Contexts, wall: datetime) -> None:
    """From the commit on every transaction that writes statistics marks whose, so that nothing is missed between the
    portions to come and what is in use."""
    replay = await _held(session, claim)
    if replay is None:
        return
    await repository.limit_waiting(session)
    await changes.follow(session, Follower.REPLAYS, at=wall)
    await repository.empty(session)
    await repository.forget_differences(session, replay.replay_id)
    replay.state, replay.started_at = "rebuilding", wall
    replay.policy_version = (await contexts.policies.in_force(session)).version
    replay.done, replay.after_customer = 0, None


async def store_portion(
    session: AsyncSession, claim: Claim, *, customer_ids: Sequence[UUID], compared: Compared, limit: int, wall: datetime
) -> None:
    """Keeps the next customers; after the last one the replay is ready."""
    replay = await _held(session, claim)
    if replay is None:
        return
    await repository.write_rebuilt(session, compared.states)
    await repository.write_differences(session, replay.replay_id, customer_ids, compared.differences)
    replay.done += len(customer_ids)
    replay.after_customer = max(customer_ids, default=replay.after_customer)
    if len(customer_ids) < limit:
        await repository.analyze(session)
        replay.state, replay.rebuilt_at = "ready", wall


async def store_again(session: AsyncSession, claim: Claim, *, changed: Changes, compared: Compared) -> None:
    """Keeps customers of whom something has arrived since they were rebuilt."""
    replay = await _held(session, claim)
    if replay is not None:
        await _store_again(session, replay, changed, compared)


async def begin_anew(session: AsyncSession, claim: Claim) -> None:
    """Another policy is in force, which counts the facts otherwise."""
    replay = await _held(session, claim)
    if replay is not None and replay.state in ("rebuilding", "ready", "switching"):
        replay.state = "queued"


async def release(session: AsyncSession, claim: Claim) -> None:
    """There was nothing to do."""
    await _held(session, claim)


async def find_context(session: AsyncSession, claim: Claim, *, contexts: Contexts) -> Context | None:
    """What is in force; None where that counts facts otherwise than the policy the replay began with."""
    context = await contexts.load(session)
    if claim.policy_version is None:
        return None
    before = await contexts.policies.of_version(session, claim.policy_version)
    return context if context.measures.counts_like(contexts.measures(before)) else None


async def switch(session: AsyncSession, claim: Claim, *, teller: Teller, wall: datetime) -> bool:
    """Exchanges both tables in one short transaction, in which nobody else can score; False when too many customers
    are yet to be looked at again, or another policy came into force.

    Whoever writes statistics either committed before, and is rebuilt here once more, or waits, and then goes on with
    the rebuilt rows: no fact is lost or counted twice.
    """
    replay = await _held(session, claim)
    if replay is None or replay.state != "switching":
        return False
    await repository.limit_waiting(session)
    await repository.lock_everybody_out(session)
    context = await find_context(session, claim, contexts=teller.contexts)
    if context is None or not await queries.may_switch(session):
        return False
    changed = await feed.read_changes(session, Follower.REPLAYS, limit=queries.MOST_AT_THE_SWITCH)
    portion = await queries.read_portion(session, sorted(changed.customers), context, teller.clock.now())
    await _store_again(session, replay, changed, rebuild(portion))
    await repository.exchange(session)
    await _stop_following(session)
    replay.state, replay.switched_at = "mending", wall
    return True


async def mend_next(session: AsyncSession, claim: Claim, *, teller: Teller, limit: int, wall: datetime) -> bool:
    """Tells and lists the scores of customers who differed as their rebuilt rows have them; False after the last."""
    replay = await _held(session, claim)
    if replay is None:
        return True
    customer_ids = await repository.list_unmended(session, replay.replay_id, limit)
    occasion = Occasion("replayed", replay.silent)
    await changes.mark_changed(session, customer_ids=customer_ids, silent=replay.silent)
    replay.told += await scores.mend_told(session, customer_ids=customer_ids, teller=teller, occasion=occasion)
    await repository.mark_mended(session, replay.replay_id, customer_ids)
    if len(customer_ids) < limit:
        replay.state, replay.finished_at = "done", wall
        return False
    return True


async def _store_again(session: AsyncSession, replay: Replay, changed: Changes, compared: Compared) -> None:
    replay.done += await repository.write_rebuilt(session, compared.states)
    await repository.write_differences(session, replay.replay_id, list(changed.customers), compared.differences)
    await changes.forget_changes(session, Follower.REPLAYS, change_ids=changed.change_ids)


async def _stop_following(session: AsyncSession) -> None:
    await changes.stop_following(session, Follower.REPLAYS)
    await repository.empty(session)


async def _held(session: AsyncSession, claim: Claim) -> Replay | None:
    """The replay, unless it was discarded or the lease ran out and another worker has taken it over."""
    replay = await queries.get_replay(session, claim.replay_id, lock=True)
    if replay.finished_at is not None or replay.leased_until != claim.leased_until:
        return None
    replay.leased_until = None
    return replay
