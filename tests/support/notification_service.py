"""The notification service in the test's own process, over a database of its own; only time is moved by hand."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
from sqlalchemy import text

from services.notification.app import DEFINITION, create_api, create_desk
from services.notification.channels.breaker import BreakerPolicy
from services.notification.channels.port import Provider
from services.notification.channels.registry import Providers, serving
from services.notification.desk import Desk
from services.notification.messages.jobs import DeliveryLoop, DeliveryOptions
from services.notification.messages.lifecycle import DeliveryLimits
from services.notification.messages.use_cases.claiming import Batch, Hand, take_due
from services.notification.messages.use_cases.planning import plan_waiting
from services.notification.messages.use_cases.settling import Rules
from services.notification.occasions.use_cases.holidays import plan_holidays
from services.notification.occasions.use_cases.planning import plan_due
from services.notification.settings import NotificationSettings
from services.notification.triggers.consumers import CareConsumers
from services.notification.values import Lane
from shared.clock import SteppedClock, wall_now
from shared.contracts.common import Channel
from shared.contracts.customer import ProfileErased, ProfileUpdated
from shared.contracts.envelope import Event, EventData
from shared.contracts.scoring import ScoreChanged, SegmentMembership
from shared.db.session import Database
from shared.messaging.correlation import correlated
from shared.service import Platform, open_platform
from tests.support import outbox
from tests.support.eventually import eventually
from tests.support.factories.notification import NOON
from tests.support.smtp import ScriptedChannel
from tests.support.tokens import Tokens, create_tokens

SCOPES = ("notification:read", "notification:write", "notification:admin")
QUICK = DeliveryLimits(first_delay=timedelta(milliseconds=1), longest_delay=timedelta(milliseconds=5))
IMPATIENT = BreakerPolicy(first_pause=timedelta(milliseconds=20), longest_pause=timedelta(milliseconds=100))
LEASE = timedelta(seconds=30)
RULES = Rules(providers=serving(Channel.EMAIL, [ScriptedChannel()]), limits=QUICK, breaker=IMPATIENT)


@dataclass(slots=True)
class WallClock:
    """Real time, shifted: so that leases and delays can run out without being waited for."""

    shift: timedelta = timedelta()

    def __call__(self) -> datetime:
        return wall_now() + self.shift


@dataclass(frozen=True, slots=True)
class NotificationService:
    client: httpx.AsyncClient
    database: Database
    clock: SteppedClock
    tokens: Tokens
    desk: Desk
    platform: Platform[NotificationSettings]
    wall: WallClock = field(default_factory=WallClock)

    async def handle(self, *events: Event[Any]) -> None:
        """One batch of one consumer group, in one transaction."""
        consumers = CareConsumers(self.desk)
        of_customers = isinstance(events[0].data, ProfileUpdated | ProfileErased | ScoreChanged | SegmentMembership)
        handler = consumers.on_customers if of_customers else consumers.on_interactions
        async with self.database.transaction() as session:
            with correlated(events):
                await handler(session, events)

    async def plan(self) -> int:
        """Everything that is due now; returns how many occasions there were."""
        planned = 0
        while True:
            async with self.database.transaction() as session:
                more = await plan_due(session, limit=50, desk=self.desk)
            if not more:
                return planned
            planned += more

    async def plan_holidays(self, *, limit: int = 50) -> int:
        """Everything that is due now; returns how many portions there were."""
        portions = 0
        while True:
            async with self.database.transaction() as session:
                if not await plan_holidays(session, limit=limit, desk=self.desk):
                    return portions
            portions += 1

    async def plan_waiting(self) -> int:
        """Everything whose time has come; returns how many customers it concerned."""
        async with self.database.transaction() as session:
            return await plan_waiting(session, limit=1000, desk=self.desk)

    async def claim(self, *, limit: int = 10) -> Batch:
        """One batch of due messages, of both channels."""
        async with self.database.transaction() as session:
            queues = {(channel, lane): limit for channel in (Channel.INBOX, Channel.EMAIL) for lane in Lane}
            hand = Hand(queues=queues, capacity={"smtp": limit}, lease=LEASE)
            providers = serving(Channel.EMAIL, [ScriptedChannel()])
            return await take_due(session, hand=hand, providers=providers, wall=self.wall(), desk=self.desk)

    def loop(self, channel: Provider | Providers, **options: Any) -> DeliveryLoop:
        """`channel` is all there is for email, or everything that is configured."""
        providers = channel if isinstance(channel, Providers) else serving(Channel.EMAIL, [channel])
        values: dict[str, Any] = {"poll_seconds": 0.02, "breaker": IMPATIENT, "limits": QUICK} | options
        return DeliveryLoop(self.database, providers, self.desk, DeliveryOptions(**values), wall=self.wall)

    async def deliver(self, channel: Provider | Providers, **options: Any) -> None:
        """Runs the loop until nothing is left to be sent."""
        async with running(self.loop(channel, **options)):
            await self.until_settled()

    async def deliver_nothing_yet(self, channel: Provider | Providers) -> None:
        """Runs the loop for long enough that it would have taken what it may take."""
        async with running(self.loop(channel)):
            await asyncio.sleep(0.2)

    async def until_settled(self, *, seconds: float = 20.0) -> None:
        async def nothing_waits() -> bool:
            waiting = await self.scalar("SELECT count(*) FROM messages WHERE state IN ('planned', 'sending')")
            return bool(waiting == 0)

        await eventually(nothing_waits, seconds=seconds)

    async def scalar(self, statement: str, **values: Any) -> Any:
        async with self.database.snapshot() as session:
            return await session.scalar(text(statement), values)

    async def rows(self, statement: str, **values: Any) -> list[dict[str, Any]]:
        async with self.database.snapshot() as session:
            return [dict(row._mapping) for row in await session.execute(text(statement), values)]

    async def messages(self, customer_id: UUID) -> list[dict[str, Any]]:
        return await self.rows("SELECT * FROM messages WHERE customer_id = :id ORDER BY channel", id=customer_id)

    async def decisions(self, customer_id: UUID) -> list[dict[str, Any]]:
        return await self.rows("SELECT * FROM decisions WHERE customer_id = :id ORDER BY happened_at", id=customer_id)

    async def published(self) -> Sequence[Event[EventData]]:
        return await outbox.published(self.database)

    async def get(self, path: str, **parameters: Any) -> Any:
        answer = await self.client.get(path, params=parameters)
        assert answer.status_code == 200, answer.text
        return answer.json()


@asynccontextmanager
async def running(loop: DeliveryLoop) -> AsyncIterator[None]:
    """The loop at work; at the end of the block it is told to stop and finishes what it has in hand."""
    stop = asyncio.Event()
    task = asyncio.create_task(loop.run(stop))
    try:
        yield
    finally:
        stop.set()
        await task


@asynccontextmanager
async def open_notification_service(dsn: str, folder: Path, **settings: Any) -> AsyncIterator[NotificationService]:
    tokens = create_tokens(folder)
    values = {"database_url": dsn, "broker_database_url": dsn, "brand": "Test Shop", **tokens.settings(), **settings}
    clock = SteppedClock(NOON)
    async with (
        open_platform(DEFINITION, NotificationSettings.model_validate(values), clock) as platform,
        httpx.AsyncClient(
            transport=httpx.ASGITransport(create_api(platform)),
            base_url="http://notification.test",
            headers=tokens.headers(*SCOPES),
        ) as client,
    ):
        yield NotificationService(client, platform.database, clock, tokens, create_desk(platform), platform)
