"""A bad event is set aside with its reason, once, and stops nobody else."""

import asyncio
from collections.abc import Sequence
from typing import Any
from uuid import uuid4

import pytest
from msgspec.structs import replace
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shared.contracts.envelope import Event
from shared.contracts.interaction import PurchaseRecorded
from shared.db.session import Database
from shared.messaging.broker import Broker
from shared.messaging.consumer import Consumer
from shared.messaging.dead_letter import State, get_dead_letter
from shared.messaging.dead_letter_limit import DeadLetterLimit, TooManyDeadLetters
from tests.support.messaging import applied_orders, outgoing, purchase, record_orders, running
from tests.support.picky import GROUP, Picky, consumer, letters, redrive, until_applied, until_letters


@pytest.mark.parametrize("error", [None, RuntimeError("a bug\nits second line quotes data")])
async def test_culprits_are_set_aside_and_the_rest_goes_on_in_order(
    database: Database, broker: Broker, error: Exception | None
) -> None:
    handler = Picky("3", "5", error=error)
    customer = uuid4()
    await broker.publish([outgoing(purchase(customer, order_id=str(number))) for number in range(10)])
    async with running(consumer(database, broker, handler)):
        await until_applied(database, *(str(number) for number in range(10) if number not in (3, 5)))
    newest = (await letters(database))[0]
    expected = ("rule_broken", "this order breaks a rule", "data.order_id")
    assert (newest.code, newest.reason, newest.field) == (
        expected if error is None else ("handler_failed", "RuntimeError: a bug", None)
    )


async def test_isolating_one_culprit_takes_few_attempts(database: Database, broker: Broker) -> None:
    handler = Picky("700")
    customer = uuid4()
    await broker.publish([outgoing(purchase(customer, order_id=str(number))) for number in range(1000)])
    async with running(consumer(database, broker, handler)):
        await until_letters(database, 1)
        await until_applied(database, *(str(number) for number in range(1000) if number != 700))
    assert handler.calls <= 21


async def test_a_record_that_is_no_event_is_kept_as_it_came(database: Database, broker: Broker) -> None:
    bad = replace(outgoing(purchase()), value=b'{"order_id": 7}')
    await broker.publish([bad, outgoing(purchase(order_id="good"))])
    async with running(consumer(database, broker, Picky())):
        await until_applied(database, "good")
    (letter,) = await letters(database)
    assert (letter.code, letter.type, letter.topic) == ("data_invalid", PurchaseRecorded.event_type, bad.topic)
    async with database.snapshot() as session:
        content = await get_dead_letter(session, letter.id)
    assert (content.key, content.headers, content.value) == (bad.key, bad.headers, bad.value)


async def test_hostile_bytes_are_kept_too(database: Database, broker: Broker) -> None:
    headers = (("ce_id", b"\x00\xff"), ("ce_type", b"x" * 5000))
    await broker.publish([replace(outgoing(purchase()), headers=headers), outgoing(purchase(order_id="good"))])
    async with running(consumer(database, broker, Picky())):
        await until_applied(database, "good")
    assert (await letters(database))[0].code == "attribute_invalid"


async def test_a_corrected_event_may_come_under_the_same_id(database: Database, broker: Broker) -> None:
    good = outgoing(purchase(order_id="corrected"))
    await broker.publish([replace(good, value=b"{}"), good])
    async with running(consumer(database, broker, Picky())):
        await until_applied(database, "corrected")
        assert await redrive(database, consumer=GROUP) == 1
        await until_letters(database, 1, attempts=2)


async def test_a_redrive_does_not_repeat_what_was_corrected_and_applied_since(
    database: Database, broker: Broker
) -> None:
    good = outgoing(purchase(order_id="corrected"))
    await broker.publish([replace(good, value=b"{}"), good])
    async with running(consumer(database, broker, Picky())):
        await until_applied(database, "corrected")
        async with database.transaction() as session:  # as if a newer version could read the first one, too
            await session.execute(text("UPDATE dead_letters SET value = :value"), {"value": good.value})
        await redrive(database, consumer=GROUP)
        await until_letters(database, 1, State.RESOLVED)
    assert await applied_orders(database) == ["corrected"]


async def test_another_copy_of_a_dead_event_makes_no_second_letter(database: Database, broker: Broker) -> None:
    record = outgoing(purchase(order_id="bad"))
    await broker.publish([record, record, outgoing(purchase(order_id="good"))])
    async with running(consumer(database, broker, Picky("bad"))):
        await until_applied(database, "good")
    assert len(await letters(database)) == 1


@pytest.mark.parametrize("deduplicate", [True, False])
async def test_a_redelivery_makes_no_second_letter(
    database: Database, broker: Broker, monkeypatch: pytest.MonkeyPatch, deduplicate: bool
) -> None:
    async def lost(*_: object) -> None:
        """The offsets never reach the broker."""

    await broker.publish([outgoing(purchase(order_id="bad")), replace(outgoing(purchase()), value=b"{}")])
    with monkeypatch.context() as patched:
        patched.setattr("shared.messaging.embedded.subscription.EmbeddedSubscription.commit", lost)
        async with running(consumer(database, broker, Picky("bad"), deduplicate=deduplicate)):
            await until_letters(database, 2)
    handler = Picky("bad")
    await broker.publish([outgoing(purchase(order_id="good"))])
    async with running(consumer(database, broker, handler, deduplicate=deduplicate)):
        await until_applied(database, "good")
    assert len(await letters(database)) == 2


async def test_a_handler_that_hangs_on_one_event_is_broken_off(database: Database, broker: Broker) -> None:
    async def handler(session: AsyncSession, events: Sequence[Event[Any]]) -> None:
        await record_orders(session, events)
        if any(event.data.order_id == "hangs" for event in events):
            await asyncio.Event().wait()

    customer = uuid4()
    await broker.publish([outgoing(purchase(customer, order_id=name)) for name in ("1", "hangs", "2")])
    component = Consumer(
        group=GROUP,
        handlers={PurchaseRecorded: handler},
        database=database,
        broker=broker,
        handler_timeout_seconds=0.3,
    )
    async with running(component):
        await until_applied(database, "1", "2")
    assert [letter.code for letter in await letters(database)] == ["handler_timeout"]


async def test_too_many_dead_letters_stop_the_consumer(database: Database, broker: Broker) -> None:
    await broker.publish([outgoing(purchase(order_id="bad")) for _ in range(20)])
    component = consumer(database, broker, Picky("bad"), limit=DeadLetterLimit(consecutive=5))
    with pytest.raises(TooManyDeadLetters, match="5 events in a row"):
        await asyncio.wait_for(component.run(asyncio.Event()), 10)
    assert len(await letters(database)) == 5


async def test_a_violated_constraint_is_one_event_s_fault(database: Database, broker: Broker) -> None:
    async with database.transaction() as session:
        await session.execute(text("CREATE UNIQUE INDEX ON applied (order_id)"))
    orders = ["1", "2", "1", "3"]
    customer = uuid4()
    await broker.publish([outgoing(purchase(customer, order_id=order)) for order in orders])
    async with running(consumer(database, broker, Picky())):
        await until_applied(database, "1", "2", "3")
    (letter,) = await letters(database)
    assert letter.code == "handler_failed"
    assert "IntegrityError" in letter.reason
