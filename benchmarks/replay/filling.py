"""A database as it is after years: facts, the statistics they come to, and the scores that were told of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID, uuid4

from msgspec.structs import replace
from sqlalchemy.ext.asyncio import AsyncSession

from benchmarks.harness.site import Site
from benchmarks.load.population import customer_id
from benchmarks.scores.customers import make_context, make_facts
from benchmarks.simulation.filling import write_surroundings
from services.scoring.facts import packing
from services.scoring.facts import repository as facts
from services.scoring.facts.fact import Fact
from services.scoring.facts.state import CustomerState
from services.scoring.facts.statistics import EMPTY, Statistics, fold
from services.scoring.scores import repository as told
from services.scoring.scores.memory import Memory, pack
from services.scoring.scores.score import Score, effective_instant, score_many
from services.scoring.scores.telling import tell
from shared.db.engine import create_engine
from shared.db.session import Database, driver

_DISTINCT: Final = 5_000
_MORE_EACH: Final = 8
"""With the purchases of their history ten facts a customer, on the average."""

_SEED: Final = 13


@dataclass(frozen=True, slots=True)
class _Told:
    """A story: the facts, what they come to, and the score that was told of it."""

    facts: Sequence[Fact]
    statistics: Statistics
    score: Score

    def state(self) -> CustomerState:
        return CustomerState(self.statistics, pack(Memory(tell(self.score), self.score.review_at)))


async def fill(site: Site, database: str, customers: int, now: datetime) -> int:
    """Some thousand stories, each told of as many customers as it takes; nothing differs from the facts, and nothing
    waits to be computed. Returns how many facts there are."""
    stories = _tell_stories(min(customers, _DISTINCT), now)
    opened = Database(create_engine(site.postgres.dsn(database), pool_size=1, application_name="filling"))
    try:
        written = 0
        for start in range(0, customers, len(stories)):
            numbers = range(start, min(start + len(stories), customers))
            async with opened.transaction() as session:
                written += await _write(session, dict(zip(map(customer_id, numbers), stories, strict=False)), now)
    finally:
        await opened.dispose()
    connection = await site.postgres.connect(database)
    try:
        await write_surroundings(connection, customers, now)
        await connection.execute("VACUUM (ANALYZE)")
    finally:
        await connection.close()
    return written


def _tell_stories(number: int, now: datetime) -> list[_Told]:
    context = make_context()
    groups = make_facts(number, until=now, seed=_SEED, more_each=_MORE_EACH)
    folded = [fold(EMPTY, group, context.measures) for group in groups]
    scores = score_many([(one, effective_instant(one, now)) for one in folded], context)
    return [_Told(*story) for story in zip(groups, folded, scores, strict=True)]


async def _write(session: AsyncSession, stories: Mapping[UUID, _Told], now: datetime) -> int:
    named = [
        replace(fact, customer_id=customer, event_id=uuid4()) for customer, one in stories.items() for fact in one.facts
    ]
    await facts.insert_facts(session, named, now)
    await (await driver(session)).copy_records_to_table(
        "customer_statistics",
        records=[(customer, *packing.row_of(one.state())) for customer, one in stories.items()],
        columns=("customer_id", *packing.COLUMNS),
    )
    await told.upsert_told(session, {customer: tell(one.score) for customer, one in stories.items()})
    await told.set_reviews(session, {customer: one.score.review_at for customer, one in stories.items()})
    return len(named)
