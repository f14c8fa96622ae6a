"""The whole worker over a real broker: interactions come in by their topic, scores go out by theirs."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from deploy.local.cdnow import CdnowPurchase
from services.scoring.app import create_worker
from shared.contracts.common import Money
from shared.contracts.envelope import Event
from shared.contracts.scoring import ScoreChanged
from shared.contracts.topics import ALL_TOPICS, SCORING_EVENTS
from shared.messaging.broker import OutgoingRecord
from shared.messaging.codec import decode, encode
from shared.messaging.dead_letter import list_dead_letters
from shared.runtime import run_components
from tests.support.eventually import eventually
from tests.support.factories.scoring import cdnow_events, customer_event, interaction_event
from tests.support.postgres import DatabaseFactory
from tests.support.scoring_service import ScoringService, open_scoring_service

CALIBRATED = datetime(1997, 9, 30, 15, 0, tzinfo=UTC)


@asynccontextmanager
async def working(database_factory: DatabaseFactory, folder: Path) -> AsyncIterator[ScoringService]:
    """The service with its worker running, over a broker of its own."""
    databases = await database_factory("scoring"), await database_factory()
    async with open_scoring_service(databases[0], folder, broker_dsn=databases[1], now=CALIBRATED) as scoring:
        broker, stop = scoring.platform.broker, asyncio.Event()
        await broker.start()
        await broker.ensure_topics(ALL_TOPICS)
        running = asyncio.create_task(run_components(create_worker(scoring.platform), stop=stop))
        try:
            yield scoring
        finally:
            stop.set()
            await running
            await broker.stop()


async def publish(scoring: ScoringService, events: Sequence[Event[Any]]) -> None:
    records = []
    for event in events:
        headers, value = encode(event.envelope, event.data)
        records.append(OutgoingRecord(event.data.topic, (event.envelope.subject or "").encode(), value, headers))
    for start in range(0, len(records), 500):
        await scoring.platform.broker.publish(records[start : start + 500])


async def hear_until(scoring: ScoringService, enough: Callable[[dict[UUID, ScoreChanged]], bool]) -> None:
    """Listens to scoring.events until the scores last told are `enough`."""
    subscription = await scoring.platform.broker.subscribe("test", [SCORING_EVENTS.name])
    last: dict[UUID, ScoreChanged] = {}
    async with asyncio.timeout(60):
        while not enough(last):
            for event in [decode(record) for record in await subscription.fetch(500, 1.0)]:
                assert isinstance(event.data, ScoreChanged)
                last[event.data.customer_id] = event.data
    await subscription.close()


async def test_real_purchases_are_scored_once_and_a_new_model_reaches_everybody(
    database_factory: DatabaseFactory, tmp_path: Path, cdnow_purchases: list[CdnowPurchase]
) -> None:
    purchases = [purchase for purchase in cdnow_purchases if purchase.date <= CALIBRATED.date()]
    events = cdnow_events(purchases)
    async with working(database_factory, tmp_path) as scoring:
        await publish(scoring, events)
        await publish(scoring, events[::7])

        async def applied() -> bool:
            assert (await scoring.read("/v1/status"))["facts"] == len(events)
            return True

        await eventually(applied, seconds=60)
        (total,) = (await scoring.read("/v1/reconciliation"))["totals"]
        assert total["amount_minor"] == sum(int(purchase.amount * 100) for purchase in purchases)

        await scoring.post("/v1/models/fit", 202)

        async def rescored() -> bool:
            rescoring = (await scoring.read("/v1/status"))["rescoring"]
            assert (rescoring["done"], rescoring["scored"]) == (True, 2357)
            return rescoring["model_version"] is not None

        await eventually(rescored, seconds=60)
        await hear_until(
            scoring, lambda last: len(last) == 2357 and all(score.model_version is not None for score in last.values())
        )
        assert len((await scoring.read("/v1/scores", limit=200))["items"]) == 200


async def test_what_cannot_be_scored_is_set_aside_and_stops_nobody(
    database_factory: DatabaseFactory, tmp_path: Path
) -> None:
    async with working(database_factory, tmp_path) as scoring:
        foreign = interaction_event(amount=Money(minor=100, currency="XCD"))
        await publish(scoring, [customer_event(), interaction_event(), foreign, interaction_event()])

        async def set_aside() -> bool:
            async with scoring.database.snapshot() as session:
                letters = await list_dead_letters(session)
            assert [(letter.code, letter.event_id) for letter in letters] == [
                ("currency_without_rate", foreign.envelope.id)
            ]
            status = await scoring.read("/v1/status")
            assert (status["facts"], status["known_customers"]) == (2, 1)
            return True

        await eventually(set_aside)
