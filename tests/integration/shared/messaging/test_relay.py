"""What was committed is published, in order per customer, by one relay at a time, however often things break."""

import asyncio
from collections.abc import Sequence
from functools import partial
from typing import Any
from uuid import UUID, uuid4

import pytest
from prometheus_client import REGISTRY
from sqlalchemy import text

from shared.db.dedicated import dedicated_connection, wake_on
from shared.db.session import Database
from shared.errors import InvalidInput, Unavailable
from shared.messaging.broker import Broker, OutgoingRecord
from shared.messaging.codec import decode
from shared.messaging.dead_letter import State, list_dead_letters, request_redrive
from shared.messaging.outbox import CHANNEL, NewEvent, Outbox
from shared.messaging.relay import OutboxRelay
from tests.support.eventually import eventually
from tests.support.messaging import new_purchase, running


class Watched:
    """A broker whose `publish` a test can look at and make fail; everything else is the real one's."""

    def __init__(self, broker: Broker) -> None:
        self._broker = broker
        self.published: list[str] = []
        self.batches: list[int] = []
        self.refuse: set[str] = set()
        self.failures = 0
        self.hold: asyncio.Event | None = None
        self.holding = asyncio.Event()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._broker, name)

    async def has_published(self, count: int) -> bool:
        return len(self.published) >= count

    async def publish(self, records: Sequence[OutgoingRecord]) -> None:
        orders = [_order_id(record) for record in records]
        if self.hold is not None:
            self.holding.set()
            await self.hold.wait()
        if self.failures:
            self.failures -= 1
            raise Unavailable("the broker is away", code="broker_unavailable")
        if self.refuse.intersection(orders):
            raise InvalidInput("a record is too large", code="record_too_large")
        await self._broker.publish(records)
        self.published.extend(orders)
        self.batches.append(len(orders))


def _order_id(record: OutgoingRecord) -> str:
    assert record.value is not None
    return record.value.decode().split('"order_id":"')[1].split('"')[0]


async def append(database: Database, outbox: Outbox, customer: UUID, *orders: str) -> None:
    async with database.transaction() as session:
        await outbox.append(session, [new_purchase(customer, order_id=order) for order in orders])


async def pending(database: Database) -> int:
    async with database.snapshot() as session:
        return int(await session.scalar(text("SELECT count(*) FROM outbox")) or 0)


async def until_empty(database: Database) -> None:
    async def empty() -> bool:
        count = await pending(database)
        assert count == 0, f"{count} rows left"
        return True

    await eventually(empty)


async def read_orders(broker: Broker, count: int) -> list[str]:
    reader = await broker.subscribe(f"reader-{uuid4()}", ["interaction.events"])
    orders: list[str] = []
    async with asyncio.timeout(10):
        while len(orders) < count:
            orders.extend(decode(record).data.order_id for record in await reader.fetch(1000, 0.5))
    await reader.close()
    return orders


async def test_committed_events_arrive_in_order_and_leave_the_outbox(
    database: Database, broker: Broker, outbox: Outbox
) -> None:
    customer, orders = uuid4(), [f"order-{number}" for number in range(250)]
    await append(database, outbox, customer, *orders[:200])
    async with running(OutboxRelay(database, broker, max_batch=60)):
        await append(database, outbox, customer, *orders[200:])
        await until_empty(database)
    assert await read_orders(broker, 250) == orders


async def test_an_event_leaves_at_once_not_at_the_next_poll(database: Database, broker: Broker, outbox: Outbox) -> None:
    watched = Watched(broker)

    async with running(OutboxRelay(database, watched, poll_seconds=60)):
        await append(database, outbox, uuid4(), "found at the start")
        await eventually(lambda: watched.has_published(1))
        await append(database, outbox, uuid4(), "woken by its notification")
        await eventually(lambda: watched.has_published(2), seconds=2)


async def test_no_wake_up_is_lost(database: Database, broker: Broker, outbox: Outbox) -> None:
    watched = Watched(broker)
    async with running(OutboxRelay(database, watched, poll_seconds=60)):
        for number in range(1, 151):
            await append(database, outbox, uuid4(), str(number))
            # The pauses fall on every moment of the relay's falling asleep.
            await asyncio.sleep(number % 15 / 1000)
            await eventually(partial(watched.has_published, number), seconds=2)
    assert watched.published == [str(number) for number in range(1, 151)]


async def test_what_commits_while_it_falls_asleep_is_found(
    database: Database, broker: Broker, outbox: Outbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    watched, look = Watched(broker), OutboxRelay._publish_next
    late = ["committed after the look that found nothing, before the relay could be notified"]

    async def look_then_commit(relay: OutboxRelay, connection: Any) -> int:
        found = await look(relay, connection)
        if found == 0 and late:
            await append(database, outbox, uuid4(), late.pop())
        return found

    monkeypatch.setattr(OutboxRelay, "_publish_next", look_then_commit)
    async with running(OutboxRelay(database, watched, poll_seconds=60)):
        await eventually(partial(watched.has_published, 1), seconds=2)
    assert not late


async def test_only_a_relay_that_sleeps_is_notified(database: Database, broker: Broker, outbox: Outbox) -> None:
    notified, watched = asyncio.Event(), Watched(broker)
    async with dedicated_connection(database) as listener, database.transaction() as session:
        await wake_on(listener, CHANNEL, notified)
        await outbox.append(session, [new_purchase(order_id="keeps it awake until it commits")])
        async with running(OutboxRelay(database, watched, poll_seconds=60)):
            await append(database, outbox, uuid4(), "found without a notification")
            await eventually(partial(watched.has_published, 1), seconds=2)
            assert not notified.is_set()


async def test_one_relay_publishes_and_another_takes_over_when_it_dies(
    database: Database, broker: Broker, outbox: Outbox
) -> None:
    brokers = [Watched(broker), Watched(broker)]
    customer = uuid4()
    stop = asyncio.Event()
    first = asyncio.create_task(OutboxRelay(database, brokers[0]).run(stop))
    await append(database, outbox, customer, "1")
    await until_empty(database)
    async with running(OutboxRelay(database, brokers[1])):
        await append(database, outbox, customer, "2")
        await until_empty(database)
        assert [each.published for each in brokers] == [["1", "2"], []]
        first.cancel()
        await asyncio.gather(first, return_exceptions=True)
        await append(database, outbox, customer, "3")
        await until_empty(database)
    assert brokers[1].published == ["3"]


async def test_losing_the_lock_breaks_off_a_publish_in_progress(
    database: Database, broker: Broker, outbox: Outbox
) -> None:
    watched = Watched(broker)
    watched.hold = asyncio.Event()
    await append(database, outbox, uuid4(), "1")
    async with running(OutboxRelay(database, watched)):
        await asyncio.wait_for(watched.holding.wait(), 5)
        watched.hold = None  # the next attempt goes through, the one in progress waits for ever
        async with database.transaction() as session:
            await session.execute(
                text(
                    "SELECT pg_terminate_backend(l.pid) FROM pg_locks AS l JOIN pg_database AS d ON d.oid = l.database "
                    "WHERE l.locktype = 'advisory' AND l.granted AND d.datname = current_database()"
                )
            )
        await until_empty(database)
    assert watched.published == ["1"]


async def test_a_broker_that_is_away_is_waited_for(database: Database, broker: Broker, outbox: Outbox) -> None:
    watched = Watched(broker)
    watched.failures = 3
    await append(database, outbox, uuid4(), "1", "2")
    async with running(OutboxRelay(database, watched)):
        await until_empty(database)
    assert watched.published == ["1", "2"]


async def test_a_record_that_the_broker_refuses_does_not_hold_up_the_rest(
    database: Database, broker: Broker, outbox: Outbox
) -> None:
    watched = Watched(broker)
    watched.refuse = {"3", "7"}
    customer, orders = uuid4(), [str(number) for number in range(10)]
    await append(database, outbox, customer, *orders)
    async with running(OutboxRelay(database, watched)):
        await until_empty(database)
        assert watched.published == [order for order in orders if order not in watched.refuse]
        async with database.snapshot() as session:
            letters = await list_dead_letters(session, consumer="outbox")
        assert [(letter.direction, letter.code, letter.topic) for letter in letters] == [
            ("out", "record_too_large", "interaction.events")
        ] * 2


async def test_a_refused_record_can_be_sent_again(database: Database, broker: Broker, outbox: Outbox) -> None:
    watched = Watched(broker)
    watched.refuse = {"refused"}
    await append(database, outbox, uuid4(), "refused")

    async def redrive_until(state: State) -> None:
        async with database.transaction() as session:
            assert await request_redrive(session, consumer="outbox") == 1

        async def there() -> bool:
            async with database.snapshot() as session:
                (letter,) = await list_dead_letters(session, consumer="outbox", state=None)
            assert (letter.state, letter.attempts) == (state, 2)
            return True

        await eventually(there)

    async with running(OutboxRelay(database, watched)):
        await until_empty(database)
        await redrive_until(State.WAITING)
        watched.refuse = set()
        await redrive_until(State.RESOLVED)
    assert await read_orders(broker, 1) == ["refused"]


async def test_a_transaction_that_commits_late_is_not_passed_over(
    database: Database, broker: Broker, outbox: Outbox
) -> None:
    watched = Watched(broker)
    async with running(OutboxRelay(database, watched)):
        async with database.transaction() as session:
            await outbox.append(session, [new_purchase(order_id="drew its id first")])
            await append(database, outbox, uuid4(), "committed first")
            await eventually(lambda: watched.has_published(1))
        await until_empty(database)
    assert watched.published == ["committed first", "drew its id first"]


async def test_large_events_are_read_a_few_at_a_time(database: Database, broker: Broker, outbox: Outbox) -> None:
    watched = Watched(broker)
    async with database.transaction() as session:
        for number in range(30):
            event = new_purchase(order_id=str(number))
            data = event.data.model_copy(update={"actor": "x" * 900_000})
            await outbox.append(session, [NewEvent(data=data, customer_id=event.customer_id)])
    async with running(OutboxRelay(database, watched)):
        await until_empty(database)
    assert max(watched.batches) <= 10
    assert watched.published == [str(number) for number in range(30)]


async def test_what_waits_is_told_as_metrics(database: Database, broker: Broker, outbox: Outbox) -> None:
    watched = Watched(broker)
    watched.failures = 1_000_000
    await append(database, outbox, uuid4(), "1", "2", "3")

    async def told() -> bool:
        return REGISTRY.get_sample_value("rapport_outbox_pending_events", {"service": ""}) == 3

    async with running(OutboxRelay(database, watched)):
        await eventually(told)
        watched.failures = 0
        await until_empty(database)
