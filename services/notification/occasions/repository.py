"""SQL of the calendar. The customers' rows are locked by the caller, unless said otherwise."""

from collections.abc import AsyncGenerator, Collection, Iterable, Sequence
from datetime import date, datetime
from typing import Any, cast
from uuid import UUID

from sqlalchemy import Integer, Row, Table, and_, delete, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.notification.audience.localities import Locality
from services.notification.occasions.basis import OccasionKey
from services.notification.occasions.models import FirstPurchase, HolidayRound, Occasion
from services.notification.occasions.span import DayOfYear
from services.notification.values import OccasionKind

_OCCASIONS = cast(Table, Occasion.__table__)  # type: ignore[attr-defined]
_FIRST_PURCHASES = cast(Table, FirstPurchase.__table__)  # type: ignore[attr-defined]
_ROUNDS = cast(Table, HolidayRound.__table__)  # type: ignore[attr-defined]
_KEY = ("customer_id", "kind", "subject")


async def find_due_customers(session: AsyncSession, *, now: datetime, limit: int) -> list[UUID]:
    """Customers with something due, longest first; nothing is locked. Read from the index of due instants alone."""
    rows = await session.scalars(
        select(_OCCASIONS.c.customer_id)
        .where(_OCCASIONS.c.next_due_at <= now)
        .order_by(_OCCASIONS.c.next_due_at, _OCCASIONS.c.customer_id)
        .limit(limit)
    )
    return list(rows)


async def load_due(session: AsyncSession, customer_ids: Collection[UUID], *, now: datetime) -> Sequence[Occasion]:
    rows = await session.scalars(
        select(Occasion)
        .where(_OCCASIONS.c.customer_id.in_(customer_ids), _OCCASIONS.c.next_due_at <= now)
        .order_by(_OCCASIONS.c.next_due_at, *(_OCCASIONS.c[name] for name in _KEY))
        .execution_options(populate_existing=True)  # rows are written by statements, past the session's memory
    )
    return rows.all()


async def stream_on_days(
    session: AsyncSession, kind: OccasionKind, days: Iterable[DayOfYear]
) -> AsyncGenerator[Occasion, None]:
    """The occasions of a kind that are kept on one of these days, found by an index, in no order."""
    basis = _OCCASIONS.c.basis
    day = tuple_(basis["calendar"].astext, basis["month"].astext.cast(Integer), basis["day"].astext.cast(Integer))
    found = await session.stream_scalars(
        select(Occasion).where(_OCCASIONS.c.kind == kind.value, day.in_(sorted(days))).execution_options(yield_per=1000)
    )
    async for one in found:
        yield one


async def load_occasions(
    session: AsyncSession, customer_ids: Collection[UUID]
) -> dict[UUID, dict[OccasionKey, Occasion]]:
    rows = await session.scalars(
        select(Occasion).where(_OCCASIONS.c.customer_id.in_(customer_ids)).execution_options(populate_existing=True)
    )
    found: dict[UUID, dict[OccasionKey, Occasion]] = {}
    for row in rows:
        found.setdefault(row.customer_id, {})[OccasionKey(OccasionKind(row.kind), row.subject)] = row
    return found


async def save_occasions(session: AsyncSession, rows: Sequence[dict[str, Any]]) -> None:
    if not rows:
        return
    incoming = insert(_OCCASIONS)
    changes = {name: incoming.excluded[name] for name in _OCCASIONS.c.keys() if name not in _KEY}  # noqa: SIM118
    await session.execute(incoming.on_conflict_do_update(index_elements=_KEY, set_=changes), rows)


async def load_first_purchases(session: AsyncSession, customer_ids: Collection[UUID]) -> dict[UUID, datetime]:
    rows = await session.execute(select(_FIRST_PURCHASES).where(_FIRST_PURCHASES.c.customer_id.in_(customer_ids)))
    return {row.customer_id: row.at for row in rows}


async def save_first_purchases(session: AsyncSession, firsts: Sequence[FirstPurchase]) -> None:
    if not firsts:
        return
    incoming = insert(_FIRST_PURCHASES)
    await session.execute(
        incoming.on_conflict_do_update(index_elements=["customer_id"], set_={"at": incoming.excluded.at}),
        [one.model_dump() for one in firsts],
    )


async def delete_subjects(session: AsyncSession, customer_id: UUID, subjects: Collection[str]) -> None:
    await session.execute(
        delete(_OCCASIONS).where(_OCCASIONS.c.customer_id == customer_id, _OCCASIONS.c.subject.in_(subjects))
    )


async def delete_occasions(session: AsyncSession, customer_ids: Collection[UUID]) -> None:
    for table in (_OCCASIONS, _FIRST_PURCHASES):
        await session.execute(delete(table).where(table.c.customer_id.in_(customer_ids)))


async def load_topics(session: AsyncSession, days: Collection[date]) -> dict[tuple[date, Locality], frozenset[str]]:
    """What the rounds of these local days are about, done or not."""
    rows = await session.execute(select(_ROUNDS).where(_ROUNDS.c.day.in_(days)))
    return {(row.day, Locality(row.time_zone, row.region)): frozenset(row.topics) for row in rows}


async def open_rounds(session: AsyncSession, rows: Sequence[dict[str, Any]]) -> None:
    """Begins rounds, those anew that had been about less; of workers that open one at once, one does."""
    if not rows:
        return
    incoming = insert(_ROUNDS)
    await session.execute(
        incoming.on_conflict_do_update(
            index_elements=["day", "time_zone", "region"],
            set_={"topics": incoming.excluded.topics, "after": None, "portions": 0, "done": False},
            where=~_ROUNDS.c.topics.contains(incoming.excluded.topics),
        ),
        rows,
    )


async def take_round(session: AsyncSession) -> Row[Any] | None:
    """An open round that nobody else has in hand, locked: the one that got the fewest turns, of those the earliest.

    So one of few people need not wait for another of millions.
    """
    rows = await session.execute(
        select(_ROUNDS)
        .where(~_ROUNDS.c.done)
        .order_by(_ROUNDS.c.portions, _ROUNDS.c.due_at)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    return rows.first()


async def advance_round(session: AsyncSession, taken: Row[Any], *, topics: Sequence[str], after: UUID | None) -> None:
    """Notes whom was asked last, and about what: a rule that is put in force again begins the round anew.

    Without anybody to come after, everybody has been asked; without topics it is given up.
    """
    this = and_(_ROUNDS.c.day == taken.day, _ROUNDS.c.time_zone == taken.time_zone, _ROUNDS.c.region == taken.region)
    if not topics:
        await session.execute(delete(_ROUNDS).where(this))
        return
    values = {"after": after, "topics": topics, "portions": _ROUNDS.c.portions + 1, "done": after is None}
    await session.execute(update(_ROUNDS).where(this).values(values))


async def load_open_rounds(session: AsyncSession) -> Sequence[Row[Any]]:
    return (await session.execute(select(_ROUNDS).where(~_ROUNDS.c.done))).all()


async def delete_rounds_before(session: AsyncSession, day: date) -> None:
    await session.execute(delete(_ROUNDS).where(_ROUNDS.c.day < day))
