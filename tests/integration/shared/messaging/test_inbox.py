"""The inbox hands an event to one transaction only, whoever else wants it at the same time."""

import asyncio
from uuid import uuid4

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from shared.contracts.envelope import Envelope, Event, EventData
from shared.db.session import Database
from shared.messaging.inbox import claim
from tests.support.messaging import NOON, purchase


def event(id: str, source: str = "shop") -> Event[EventData]:
    data = purchase(uuid4(), order_id=id)
    return Event(Envelope(id=id, source=source, type=data.event_type, time=NOON), data)


async def claimed(session: AsyncSession, *events: Event[EventData], consumer: str = "worker") -> list[str]:
    return [each.envelope.id for each in await claim(session, consumer, events)]


async def test_only_what_is_new_comes_back_in_order(database: Database) -> None:
    events = [event(id) for id in "dacb"]
    async with database.transaction() as session:
        assert await claimed(session, *events[:2]) == ["d", "a"]
    async with database.transaction() as session:
        assert await claimed(session, *events, events[2]) == ["c", "b"]
        assert await claimed(session, *events) == []


async def test_source_and_consumer_are_part_of_the_identity(database: Database) -> None:
    async with database.transaction() as session:
        assert await claimed(session, event("1"), event("1", source="other shop")) == ["1", "1"]
        assert await claimed(session, event("1"), consumer="another worker") == ["1"]


async def test_a_rollback_makes_them_new_again(database: Database) -> None:
    async def claim_and_fail() -> None:
        async with database.transaction() as session:
            await claimed(session, event("1"))
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await claim_and_fail()
    async with database.transaction() as session:
        assert await claimed(session, event("1")) == ["1"]


@pytest.mark.parametrize("first_succeeds", [True, False])
async def test_the_second_of_two_at_once_waits_for_the_first(database: Database, first_succeeds: bool) -> None:
    first_has_it, finish = asyncio.Event(), asyncio.Event()

    async def first() -> None:
        async with database.transaction() as session:
            await claimed(session, event("1"))
            first_has_it.set()
            await finish.wait()
            if not first_succeeds:
                raise RuntimeError

    async def second() -> list[str]:
        async with database.transaction() as session:
            return await claimed(session, event("1"))

    leading = asyncio.create_task(first())
    await first_has_it.wait()
    following = asyncio.create_task(second())
    done, _ = await asyncio.wait([following], timeout=0.3)
    assert not done, "the outcome of the first is not known yet"
    finish.set()
    await asyncio.gather(leading, return_exceptions=True)
    assert await following == ([] if first_succeeds else ["1"])
