"""Dead letters can be listed, tried again through the same pipeline, and discarded."""

from collections.abc import AsyncIterator
from uuid import uuid4

import pytest
from prometheus_client import REGISTRY

from shared.db.session import Database
from shared.errors import Conflict, InvalidInput, NotFound
from shared.messaging.broker import Broker
from shared.messaging.dead_letter import State, discard, list_dead_letters
from tests.support.eventually import eventually
from tests.support.messaging import applied_orders, outgoing, purchase, running
from tests.support.picky import GROUP, Picky, consumer, letters, redrive, until_letters


@pytest.fixture
async def waiting(database: Database, broker: Broker) -> AsyncIterator[Picky]:
    """Three dead letters, of the orders 3, 5 and 7 of ten, and the running consumer's handler."""
    handler = Picky("3", "5", "7")
    customer = uuid4()
    await broker.publish([outgoing(purchase(customer, order_id=str(number))) for number in range(10)])
    async with running(consumer(database, broker, handler)):
        await until_letters(database, 3)
        yield handler


async def test_a_redrive_after_the_cause_is_gone_resolves(database: Database, waiting: Picky) -> None:
    waiting.bad = set()
    assert await redrive(database, consumer=GROUP) == 3
    await until_letters(database, 3, State.RESOLVED)
    assert sorted(await applied_orders(database)) == [str(number) for number in range(10)]
    assert (await applied_orders(database))[-3:] == ["3", "5", "7"]


async def test_those_that_wait_are_told_as_a_metric(database: Database, waiting: Picky) -> None:
    async def told(count: int) -> bool:
        labels = {"service": "", "group": GROUP}
        assert REGISTRY.get_sample_value("rapport_dead_letters_waiting", labels) == count
        return True

    waiting.bad = {"5"}
    await redrive(database, consumer=GROUP)
    await eventually(lambda: told(1))


async def test_a_redrive_that_fails_again_waits_again(database: Database, waiting: Picky) -> None:
    waiting.bad = {"5"}
    assert await redrive(database, consumer=GROUP, code="rule_broken") == 3

    async def settled() -> bool:
        states = [(letter.state, letter.attempts) for letter in await letters(database)]
        assert states == [(State.RESOLVED, 1), (State.WAITING, 2), (State.RESOLVED, 1)], states
        return True

    await eventually(settled)
    assert (await applied_orders(database))[-2:] == ["3", "7"]


async def test_a_redrive_may_name_letters(database: Database, waiting: Picky) -> None:
    waiting.bad = set()
    chosen = (await letters(database))[0].id
    assert await redrive(database, ids=[chosen]) == 1

    async def settled() -> bool:
        assert [letter.id for letter in await letters(database, State.RESOLVED)] == [chosen]
        return True

    await eventually(settled)
    assert await redrive(database, ids=[chosen]) == 0
    with pytest.raises(InvalidInput):
        await redrive(database)


async def test_what_was_asked_before_a_crash_is_done_at_the_next_start(database: Database, broker: Broker) -> None:
    await broker.publish([outgoing(purchase(order_id="bad"))])
    async with running(consumer(database, broker, Picky("bad"))):
        await until_letters(database, 1)
    assert await redrive(database, consumer=GROUP) == 1
    async with running(consumer(database, broker, Picky())):
        await until_letters(database, 1, State.RESOLVED)


async def test_letters_are_listed_newest_first_page_by_page(database: Database, waiting: Picky) -> None:
    ids = [letter.id for letter in await letters(database)]
    assert ids == sorted(ids, reverse=True)
    async with database.snapshot() as session:
        first = await list_dead_letters(session, limit=2)
        rest = await list_dead_letters(session, limit=2, after=first[-1].id)
    assert [letter.id for letter in first + rest] == ids


async def test_a_discarded_letter_is_closed(database: Database, waiting: Picky) -> None:
    (letter, *_) = await letters(database)
    async with database.transaction() as session:
        await discard(session, letter.id)
    async with database.transaction() as session:
        with pytest.raises(Conflict, match="discarded"):
            await discard(session, letter.id)
        with pytest.raises(NotFound):
            await discard(session, 0)
    assert [each.state for each in await letters(database)] == [State.DISCARDED, State.WAITING, State.WAITING]
