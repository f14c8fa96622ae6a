"""The naive scoring worker: FastStream, a pydantic model, a SQLModel session and a published score per message.

`python -m benchmarks.reference.stream_worker KAFKA DSN GROUP EVENTS SECONDS` prints what it did as JSON.
"""

import asyncio
import json
import sys
import time
from datetime import datetime
from uuid import UUID

from faststream import FastStream
from faststream.kafka import KafkaBroker
from pydantic import BaseModel
from sqlalchemy.ext.asyncio import async_sessionmaker, create_async_engine
from sqlmodel.ext.asyncio.session import AsyncSession

from benchmarks.reference.tables import NaiveFact, NaiveStatistics


class Money(BaseModel):
    minor: int
    currency: str


class Interaction(BaseModel):
    interaction_id: UUID
    customer_id: UUID
    occurred_at: datetime
    amount: Money | None = None
    compensation: Money | None = None


class Score(BaseModel):
    customer_id: UUID
    events: int
    purchases: int
    amount: int


async def score(session: AsyncSession, event: Interaction) -> Score | None:
    """What has been seen before changes nothing."""
    if await session.get(NaiveFact, event.interaction_id) is not None:
        return None
    money = event.amount or event.compensation
    amount = money.minor if money else 0
    session.add(
        NaiveFact(event_id=event.interaction_id, customer_id=event.customer_id, kind="interaction", amount=amount)
    )
    statistics = await session.get(NaiveStatistics, event.customer_id)
    if statistics is None:
        statistics = NaiveStatistics(customer_id=event.customer_id)
        session.add(statistics)
    statistics.events += 1
    statistics.purchases += event.amount is not None
    statistics.amount += amount
    statistics.first_at = min(statistics.first_at or event.occurred_at, event.occurred_at)
    statistics.last_at = max(statistics.last_at or event.occurred_at, event.occurred_at)
    await session.commit()
    return Score(
        customer_id=event.customer_id,
        events=statistics.events,
        purchases=statistics.purchases,
        amount=statistics.amount,
    )


async def consume(kafka: str, dsn: str, group: str, most_events: int, most_seconds: float) -> dict[str, float]:
    """Handles a backlog from its beginning; timed from the first event to the last one handled."""
    engine = create_async_engine(dsn)
    sessions = async_sessionmaker(engine, class_=AsyncSession, expire_on_commit=False)
    broker = KafkaBroker(kafka, logger=None)
    app = FastStream(broker, logger=None)
    instants: list[float] = []

    @broker.subscriber("interaction.events", group_id=group, auto_offset_reset="earliest")
    async def on_interaction(event: Interaction) -> None:
        async with sessions() as session:
            scored = await score(session, event)
        if scored is not None:
            await broker.publish(scored, "naive.scores", key=str(event.customer_id).encode())
        instants.append(time.perf_counter())
        if len(instants) >= most_events or instants[-1] - instants[0] > most_seconds:
            app.exit()

    await app.run()
    await engine.dispose()
    return {"events": len(instants) - 1, "seconds": instants[-1] - instants[0]}


if __name__ == "__main__":
    servers, database, consumer_group, events, seconds = sys.argv[1:]
    print(json.dumps(asyncio.run(consume(servers, database, consumer_group, int(events), float(seconds)))))  # noqa: T201
