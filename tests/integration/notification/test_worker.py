"""The worker as it is deployed: events from the broker in, mail and events out, every part of it real."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

from deploy.local.mailbox import Mailbox, count_by_message_id, stored_messages
from services.notification.app import DEFINITION, create_worker
from services.notification.settings import NotificationSettings
from shared.clock import SteppedClock
from shared.contracts.envelope import Event
from shared.contracts.notification import MessageSent
from shared.contracts.topics import ALL_TOPICS, NOTIFICATION_EVENTS
from shared.messaging.broker import Broker, OutgoingRecord
from shared.messaging.codec import decode, encode
from shared.runtime import run_components
from shared.service import Platform, open_platform
from tests.support.eventually import eventually
from tests.support.factories.notification import (
    NOON,
    complaint,
    profile_erased,
    profile_updated,
    purchase,
    solar_birthday,
)
from tests.support.postgres import DatabaseFactory
from tests.support.tokens import create_tokens


@asynccontextmanager
async def running_worker(
    database_factory: DatabaseFactory, folder: Path, mailbox: Mailbox, clock: SteppedClock
) -> AsyncIterator[Platform[NotificationSettings]]:
    values = {
        "database_url": await database_factory("notification"),
        "broker_database_url": await database_factory(None),
        "smtp_host": mailbox.host,
        "smtp_port": mailbox.port,
        **create_tokens(folder).settings(),
    }
    async with open_platform(DEFINITION, NotificationSettings.model_validate(values), clock) as platform:
        await platform.broker.start()
        await platform.broker.ensure_topics(ALL_TOPICS)
        stop = asyncio.Event()
        task = asyncio.create_task(run_components(create_worker(platform), stop=stop))
        try:
            yield platform
        finally:
            stop.set()
            await task
            await platform.broker.stop()


async def publish(broker: Broker, *events: Event[Any]) -> None:
    records = []
    for event in events:
        headers, value = encode(event.envelope, event.data)
        key = str(event.customer_id).encode()
        records.append(OutgoingRecord(event.data.topic, key, value, headers))
    await broker.publish(records)


async def read_topic(broker: Broker, topic: str, count: int) -> Sequence[Event[Any]]:
    subscription = await broker.subscribe("test", [topic])
    events: list[Event[Any]] = []
    try:
        async with asyncio.timeout(20):
            while len(events) < count:
                events += [decode(record) for record in await subscription.fetch(100, 1.0)]
    finally:
        await subscription.close()
    return events


async def test_events_become_mail_and_news_of_it_whatever_comes_first(
    database_factory: DatabaseFactory, tmp_path: Path, mailbox: Mailbox
) -> None:
    customers = [uuid4() for _ in range(20)]
    async with running_worker(database_factory, tmp_path, mailbox, SteppedClock(NOON)) as platform:
        events = [event for one in customers for event in (purchase(one), complaint(one))]
        await publish(platform.broker, *events[:20])
        await publish(platform.broker, *map(profile_updated, customers))
        await publish(platform.broker, *events)
        told = await read_topic(platform.broker, NOTIFICATION_EVENTS.name, 60)
    assert len(count_by_message_id(mailbox.folder)) == sum(count_by_message_id(mailbox.folder).values()) == 40
    assert {type(event.data) for event in told} == {MessageSent}
    assert len({event.data.message_id for event in told}) == 60
    causes = {event.envelope.id for event in events}
    assert {event.envelope.causationid for event in told} == causes


async def test_birthdays_are_greeted_as_the_clock_is_moved_and_erased_customers_are_not(
    database_factory: DatabaseFactory, tmp_path: Path, mailbox: Mailbox
) -> None:
    greeted, erased = uuid4(), uuid4()
    clock = SteppedClock(NOON)
    async with running_worker(database_factory, tmp_path, mailbox, clock) as platform:
        await publish(
            platform.broker,
            profile_updated(greeted, birthday=solar_birthday(3, 10), language="zh-CN", time_zone="Asia/Shanghai"),
            profile_updated(erased, birthday=solar_birthday(3, 10)),
            profile_erased(erased),
        )

        async def planned() -> bool:
            async with platform.database.snapshot() as session:
                connection = await session.connection()
                states = await connection.exec_driver_sql("SELECT state FROM customers ORDER BY state")
                return [row.state for row in states] == ["erased", "known"]

        await eventually(planned)
        clock.move_to(datetime(2026, 3, 10, 1, tzinfo=UTC))
        await read_topic(platform.broker, NOTIFICATION_EVENTS.name, 1)
    (message,) = stored_messages(mailbox.folder)
    assert message["Subject"] == "Rapport祝您生日快乐"
    assert message["Date"].datetime == datetime(2026, 3, 10, 1, tzinfo=UTC)
