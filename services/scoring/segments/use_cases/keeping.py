"""Keeping members current: after those who changed, when time alone may have changed something, and for a new query.

One process at a time does it, a portion and a transaction at a time, away from the transactions that take in events.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from services.scoring.changes import queries as feed
from services.scoring.changes import use_cases as changes
from services.scoring.changes.follower import Follower
from services.scoring.scores.queries import Contexts
from services.scoring.segments import repository
from services.scoring.segments.membership import Judgement, Move, Query, announce, bring_forward, judge
from services.scoring.segments.models import Segment, SegmentIndex
from services.scoring.segments.subject import Subject, Units, describe
from services.scoring.segments.vocabulary import VOCABULARY
from shared.clock import Clock
from shared.conditions.condition import Condition
from shared.conditions.reading import read_condition
from shared.messaging.outbox import Outbox


@dataclass(frozen=True, slots=True)
class Keeper:
    """What keeping needs beside a session; conditions are read once per revision."""

    contexts: Contexts
    outbox: Outbox
    clock: Clock
    conditions: dict[UUID, tuple[int, Condition]] = field(default_factory=dict)

    def query(self, segment: Segment) -> Query:
        known = self.conditions.get(segment.segment_id)
        if known is None or known[0] != segment.revision:
            known = segment.revision, read_condition(segment.condition, VOCABULARY)
            self.conditions[segment.segment_id] = known
        return Query(segment.segment_id, segment.name, segment.revision, known[1])


@dataclass(frozen=True, slots=True)
class _Turn:
    """One portion's work: the segments there are, all seen at one instant."""

    keeper: Keeper
    now: datetime
    segments: Mapping[UUID, Segment]

    @property
    def queries(self) -> list[Query]:
        return [self.keeper.query(one) for one in self.segments.values() if one.state != "removing"]


async def keep_current(session: AsyncSession, *, keeper: Keeper, limit: int) -> bool:
    """Does the next portion of each kind of work, of `limit` customers at most; False when there was none."""
    if not await repository.try_keeping(session):
        return False
    index = await session.get(SegmentIndex, True)
    if index is None:
        return False
    found = await session.scalars(select(Segment).order_by(col(Segment.segment_id)))
    turn = _Turn(keeper, keeper.clock.now(), {one.segment_id: one for one in found})
    if index.filled_at is None:
        return await _fill(session, index, turn, limit)
    done = [
        await _follow(session, turn, limit),
        await _look_again(session, turn, limit),
        await _compute(session, turn, limit),
        await _remove(session, turn, limit),
    ]
    return any(done)


async def _fill(session: AsyncSession, index: SegmentIndex, turn: _Turn, limit: int) -> bool:
    """Takes in the next customers of all, for the first time."""
    customer_ids = await repository.list_next_customers(session, index.after_customer, limit)
    if customer_ids:
        await _take_in(session, dict.fromkeys(customer_ids, True), turn)
        index.after_customer = customer_ids[-1]
        index.done += len(customer_ids)
    if len(customer_ids) < limit:
        index.filled_at, index.customers = turn.now, index.done
    return True


async def _follow(session: AsyncSession, turn: _Turn, limit: int) -> bool:
    changed = await feed.read_changes(session, Follower.SEGMENTS, limit=limit)
    if changed.customers:
        await _take_in(session, changed.customers, turn)
        await changes.forget_changes(session, Follower.SEGMENTS, change_ids=changed.change_ids)
    return bool(changed.customers)


async def _take_in(session: AsyncSession, customers: Mapping[UUID, bool], turn: _Turn) -> None:
    """Reads anew what is known of customers; by customer whether what changed them was silent."""
    context = await turn.keeper.contexts.load(session)
    units = Units(context.measures, context.policy.money.digits)
    sources = await repository.read_sources(session, customers.keys())
    subjects = {source.customer_id: describe(source, units) for source in sources}
    judgement = await _judge(session, subjects, turn, turn.queries)
    await repository.replace_subjects(session, subjects, judgement.next_at)
    await _tell(session, judgement.moves, turn, silent=customers)


async def _look_again(session: AsyncSession, turn: _Turn, limit: int) -> bool:
    due = await repository.read_due(session, turn.now, limit)
    if due:
        judgement = await _judge(session, due, turn, turn.queries)
        await repository.set_next(session, judgement.next_at)
        await _tell(session, judgement.moves, turn, silent=dict.fromkeys(due, False))
    return bool(due)


async def _compute(session: AsyncSession, turn: _Turn, limit: int) -> bool:
    """Asks the next customers of all one query that is new; they enter silently, for it is not they who changed."""
    segment = next((one for one in turn.segments.values() if one.state == "computing"), None)
    if segment is None:
        return False
    subjects = await repository.read_subjects_after(session, segment.after_customer, limit)
    judgement = await _judge(session, subjects, turn, [turn.keeper.query(segment)])
    await repository.set_next(session, bring_forward(subjects, judgement))
    await _tell(session, judgement.moves, turn, silent=dict.fromkeys(subjects, True))
    segment.after_customer = max(subjects, default=segment.after_customer)
    segment.done += len(subjects)
    if len(subjects) < limit:
        segment.state, segment.computed_at, segment.customers = "current", turn.now, segment.done
    return True


async def _remove(session: AsyncSession, turn: _Turn, limit: int) -> bool:
    segment = next((one for one in turn.segments.values() if one.state == "removing"), None)
    if segment is None:
        return False
    members = await repository.list_members(session, segment.segment_id, None, limit)
    leaving = [Move(row["customer_id"], segment.segment_id, entered=False) for row in members]
    await _tell(session, leaving, turn, silent={one.customer_id: True for one in leaving})
    if len(members) < limit:
        await session.flush()
        await session.delete(segment)
        turn.keeper.conditions.pop(segment.segment_id, None)
    return True


async def _judge(
    session: AsyncSession, subjects: Mapping[UUID, Subject], turn: _Turn, queries: Collection[Query]
) -> Judgement:
    before = await repository.read_memberships(session, subjects.keys()) if queries else {}
    return judge(subjects, queries, before, turn.now)


async def _tell(session: AsyncSession, moves: Sequence[Move], turn: _Turn, *, silent: Mapping[UUID, bool]) -> None:
    if not moves:
        return
    await repository.move(session, moves, turn.now)
    for move in moves:
        turn.segments[move.segment_id].members += 1 if move.entered else -1
    names = {one.segment_id: (one.name, one.revision) for one in turn.segments.values()}
    await turn.keeper.outbox.append(session, announce(moves, names, turn.now, silent=silent))
