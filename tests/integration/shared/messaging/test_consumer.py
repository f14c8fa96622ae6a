"""Every event is applied once, in order per customer, whatever happens to it, to its batch or to its consumer."""

import asyncio
from collections.abc import Sequence
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from shared.contracts.customer import ProfileErased, ProfileUpdated
from shared.contracts.envelope import Event, EventData
from shared.contracts.interaction import PurchaseRecorded, ReturnRecorded, VisitRecorded
from shared.db.session import Database
from shared.errors import Unavailable
from shared.messaging.broker import Broker, OutgoingRecord
from shared.messaging.consumer import Consumer, Handler
from shared.messaging.correlation import correlation_of
from shared.messaging.outbox import NewEvent, Outbox
from tests.support.eventually import eventually
from tests.support.messaging import applied_orders, outgoing, purchase, record_orders, running

GROUP = "test.worker"


def consumer(database: Database, broker: Broker, handler: Handler = record_orders, **options: Any) -> Consumer:
    return Consumer(group=GROUP, handlers={PurchaseRecorded: handler}, database=database, broker=broker, **options)


async def until_applied(database: Database, count: int) -> list[str]:
    async def enough() -> list[str]:
        orders = await applied_orders(database)
        assert len(orders) >= count, f"{len(orders)} of {count} applied"
        return orders

    return await eventually(enough)


async def test_events_are_applied_once_and_in_order_per_customer(database: Database, broker: Broker) -> None:
    customers = [uuid4() for _ in range(5)]
    events = [(customers[number % 5], f"order-{number}") for number in range(500)]
    await broker.publish([outgoing(purchase(customer, order_id=order)) for customer, order in events])
    async with running(consumer(database, broker, max_batch=70)):
        await until_applied(database, 500)
    for customer in customers:
        assert await applied_orders(database, customer) == [order for owner, order in events if owner == customer]


async def test_a_duplicate_changes_nothing(database: Database, broker: Broker) -> None:
    records = [outgoing(purchase(order_id=f"order-{number}")) for number in range(20)]
    async with running(consumer(database, broker)):
        await broker.publish([*records, *records[:10]])
        await until_applied(database, 20)
        await broker.publish([*records, outgoing(purchase(order_id="last"))])
        assert len(await until_applied(database, 21)) == 21


async def test_the_same_id_from_another_source_is_another_event(database: Database, broker: Broker) -> None:
    await broker.publish([outgoing(purchase(), id="1", source=source) for source in ("shop-a", "shop-b")])
    async with running(consumer(database, broker)):
        assert len(await until_applied(database, 2)) == 2


async def test_types_unknown_or_not_handled_are_skipped(database: Database, broker: Broker) -> None:
    visit = VisitRecorded(place="store", **purchase().model_dump(include=set(VisitRecorded.model_fields)))
    future = outgoing(purchase(), type="rapport.interaction.teleported.v1")
    await broker.publish([outgoing(visit), future, outgoing(purchase(order_id="wanted"))])
    async with running(consumer(database, broker)):
        assert await until_applied(database, 1) == ["wanted"]


async def test_an_outage_in_the_handler_is_waited_out_in_order(database: Database, broker: Broker) -> None:
    failures = 3

    async def handler(session: AsyncSession, events: Sequence[Event[Any]]) -> None:
        nonlocal failures
        await record_orders(session, events)
        if failures:
            failures -= 1
            raise Unavailable("away for now", code="test_away")

    customer = uuid4()
    await broker.publish([outgoing(purchase(customer, order_id=f"order-{number}")) for number in range(10)])
    async with running(consumer(database, broker, handler)):
        assert await until_applied(database, 10) == [f"order-{number}" for number in range(10)]


async def test_each_handler_is_called_once_per_batch_with_its_share_in_order(
    database: Database, broker: Broker
) -> None:
    calls: list[tuple[str, list[str]]] = []

    async def money(session: AsyncSession, events: Sequence[Event[Any]]) -> None:
        calls.append(("money", [event.data.order_id for event in events]))

    async def visits(session: AsyncSession, events: Sequence[Event[Any]]) -> None:
        calls.append(("visits", [event.data.source_id for event in events]))

    customer = uuid4()
    bought = purchase(customer, order_id="1")
    common = bought.model_dump(include=set(VisitRecorded.model_fields))
    returned = ReturnRecorded(**(bought.model_dump(include=set(ReturnRecorded.model_fields)) | {"order_id": "2"}))
    await broker.publish(
        [
            outgoing(VisitRecorded(**(common | {"place": "store"}))),
            outgoing(bought),
            outgoing(returned),
            outgoing(purchase(customer, order_id="3")),
        ]
    )
    handlers: dict[type[EventData], Handler] = {PurchaseRecorded: money, VisitRecorded: visits, ReturnRecorded: money}
    component = Consumer(group=GROUP, handlers=handlers, database=database, broker=broker)

    async def both_called() -> bool:
        return len(calls) == 2

    async with running(component):
        await eventually(both_called)
    assert calls == [("money", ["1", "2", "3"]), ("visits", ["1"])]


async def test_a_tombstone_is_an_event(database: Database, broker: Broker) -> None:
    erased: list[object] = []

    async def handler(session: AsyncSession, events: Sequence[Event[Any]]) -> None:
        erased.extend(event.data for event in events)

    async def both_erased() -> bool:
        return len(erased) == 2

    customer, other = uuid4(), uuid4()
    foreign = OutgoingRecord("customer.profiles", str(other).encode(), None)
    await broker.publish([outgoing(ProfileErased(customer_id=customer)), foreign])
    handlers: dict[type[EventData], Handler] = {ProfileUpdated: record_orders, ProfileErased: handler}
    async with running(Consumer(group=GROUP, handlers=handlers, database=database, broker=broker)):
        await eventually(both_erased)
    assert {str(data) for data in erased} == {f"customer_id=UUID('{id}')" for id in (customer, other)}


async def test_without_deduplication_the_handler_sees_every_copy(database: Database, broker: Broker) -> None:
    record = outgoing(purchase(order_id="twice"))
    await broker.publish([record, record])
    async with running(consumer(database, broker, deduplicate=False)):
        assert await until_applied(database, 2) == ["twice", "twice"]


async def test_what_a_batch_causes_carries_its_correlation(database: Database, broker: Broker, outbox: Outbox) -> None:
    seen: dict[str, str | None] = {}

    async def handler(session: AsyncSession, events: Sequence[Event[Any]]) -> None:
        seen.update({event.data.order_id: correlation_of(event.envelope.id) for event in events})
        effects = [
            NewEvent(data=purchase(event.customer_id), customer_id=event.customer_id, causation_id=event.envelope.id)
            for event in events
        ]
        await outbox.append(session, effects)
        await record_orders(session, events)

    await broker.publish([outgoing(purchase(order_id=name), correlationid=name) for name in ("request-1", "request-2")])
    async with running(consumer(database, broker, handler)):
        await until_applied(database, 2)
    assert seen == {"request-1": "request-1", "request-2": "request-2"}


async def test_stopping_finishes_the_batch_in_hand(database: Database, broker: Broker) -> None:
    entered, go_on = asyncio.Event(), asyncio.Event()

    async def handler(session: AsyncSession, events: Sequence[Event[Any]]) -> None:
        entered.set()
        await go_on.wait()
        await record_orders(session, events)

    await broker.publish([outgoing(purchase(order_id="in hand"))])
    stop = asyncio.Event()
    task = asyncio.create_task(consumer(database, broker, handler).run(stop))
    await asyncio.wait_for(entered.wait(), 5)
    stop.set()
    await asyncio.sleep(0)
    go_on.set()
    await asyncio.wait_for(task, 5)
    assert await applied_orders(database) == ["in hand"]
    reader = await broker.subscribe(GROUP, ["interaction.events"])
    assert not await reader.fetch(10, 0.5), "its offset was committed"


async def test_stopping_does_not_wait_for_an_outage_to_end(database: Database, broker: Broker) -> None:
    tried = asyncio.Event()

    async def handler(session: AsyncSession, events: Sequence[Event[Any]]) -> None:
        tried.set()
        raise Unavailable("away for long", code="test_away")

    await broker.publish([outgoing(purchase(order_id="patient"))])
    stop = asyncio.Event()
    task = asyncio.create_task(consumer(database, broker, handler).run(stop))
    await asyncio.wait_for(tried.wait(), 5)
    stop.set()
    await asyncio.wait_for(task, 2)
    async with running(consumer(database, broker)):
        assert await until_applied(database, 1) == ["patient"]


async def test_a_crash_between_the_two_commits_doubles_nothing(
    database: Database, broker: Broker, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Crash(Exception):
        pass

    async def commit(*_: object) -> None:
        raise Crash

    await broker.publish([outgoing(purchase(order_id=f"order-{number}")) for number in range(50)])
    with monkeypatch.context() as patched:
        patched.setattr("shared.messaging.embedded.subscription.EmbeddedSubscription.commit", commit)
        with pytest.raises(Crash):
            await consumer(database, broker).run(asyncio.Event())
    assert len(await applied_orders(database)) == 50
    await broker.publish([outgoing(purchase(order_id="after"))])
    async with running(consumer(database, broker)):
        assert len(await until_applied(database, 51)) == 51


async def test_partitions_leave_a_member_that_waits_out_an_outage(database: Database, broker: Broker) -> None:
    stuck = asyncio.Event()

    async def handler(session: AsyncSession, events: Sequence[Event[Any]]) -> None:
        stuck.set()
        raise Unavailable("only here", code="test_away")

    customers = [uuid4() for _ in range(40)]
    records = [outgoing(purchase(customer, order_id=str(place))) for customer in customers for place in range(5)]
    await broker.publish(records)
    async with running(consumer(database, broker, handler)):
        await asyncio.wait_for(stuck.wait(), 5)
        async with running(consumer(database, broker)):
            await until_applied(database, 50)
            assert len(await applied_orders(database)) < 200, "the other member kept its share"
    async with running(consumer(database, broker)):
        await until_applied(database, 200)
    for customer in customers:
        assert await applied_orders(database, customer) == ["0", "1", "2", "3", "4"]
