"""Events are part of the transaction that appends them: in its order, once it commits, and not otherwise."""

from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import text
from sqlmodel import Field, SQLModel
from structlog.contextvars import bound_contextvars

from shared.clock import wall_now
from shared.contracts.customer import ProfileErased
from shared.db.base import create_registry
from shared.db.session import Database
from shared.errors import TooLarge
from shared.messaging.correlation import correlated
from shared.messaging.outbox import NewEvent, Outbox
from tests.support.messaging import NOON, new_purchase, purchase
from tests.support.outbox import published


class Base(SQLModel, registry=create_registry()):
    pass


class Account(Base, table=True):
    id: int = Field(primary_key=True)
    balance: int = 0


async def test_events_are_stored_in_the_order_given(database: Database, outbox: Outbox) -> None:
    events = [new_purchase(order_id=f"order-{number}") for number in range(100)]
    async with database.transaction() as session:
        await outbox.append(session, events)
    assert [event.data for event in await published(database)] == [event.data for event in events]


async def test_the_envelope_says_who_when_and_about_whom(database: Database, outbox: Outbox) -> None:
    event = new_purchase()
    before = wall_now()
    async with database.transaction() as session:
        await outbox.append(session, [event])
    envelope = (await published(database))[0].envelope
    assert envelope.source == "rapport/test"
    assert envelope.id == event.id
    assert envelope.time == NOON
    assert envelope.subject == str(event.customer_id)
    assert envelope.recordedtime is not None
    assert before <= envelope.recordedtime <= wall_now()


async def test_the_business_instant_may_be_given(database: Database, outbox: Outbox) -> None:
    data, yesterday = purchase(), NOON - timedelta(days=1)
    async with database.transaction() as session:
        await outbox.append(session, [NewEvent(data=data, customer_id=data.customer_id, time=yesterday)])
    assert (await published(database))[0].envelope.time == yesterday


async def test_a_rollback_takes_the_events_with_it(database: Database, outbox: Outbox) -> None:
    async def fail_after_append() -> None:
        async with database.transaction() as session:
            await outbox.append(session, [new_purchase()])
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await fail_after_append()
    assert await published(database) == []


async def test_the_request_s_correlation_travels_along(database: Database, outbox: Outbox) -> None:
    with bound_contextvars(correlation_id="request-1", causation_id="cause-1"):
        async with database.transaction() as session:
            await outbox.append(session, [new_purchase()])
    envelope = (await published(database))[0].envelope
    assert (envelope.correlationid, envelope.causationid) == ("request-1", "cause-1")


async def test_an_event_without_a_past_starts_its_own_correlation(database: Database, outbox: Outbox) -> None:
    async with database.transaction() as session:
        await outbox.append(session, [new_purchase()])
    envelope = (await published(database))[0].envelope
    assert (envelope.correlationid, envelope.causationid) == (envelope.id, None)


async def test_effects_of_a_batch_carry_the_correlation_of_their_causes(database: Database, outbox: Outbox) -> None:
    with bound_contextvars(correlation_id="request-1"):
        async with database.transaction() as session:
            await outbox.append(session, [new_purchase()])
    async with database.transaction() as session:
        await outbox.append(session, [new_purchase()])
    causes = await published(database)
    with correlated(causes):
        async with database.transaction() as session:
            for cause in causes:
                data = purchase()
                effect = NewEvent(data=data, customer_id=data.customer_id, causation_id=cause.envelope.id)
                await outbox.append(session, [effect])
    effects = (await published(database))[2:]
    assert [e.envelope.correlationid for e in effects] == ["request-1", causes[1].envelope.id]
    assert [e.envelope.causationid for e in effects] == [c.envelope.id for c in causes]


async def test_changes_not_yet_written_take_their_locks_before_events_draw_their_ids(
    database: Database, outbox: Outbox
) -> None:
    async with database.engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
    async with database.transaction() as session:
        session.add(Account(id=1))
    async with database.transaction() as session:
        account = await session.get_one(Account, 1)
        account.balance = 7
        await outbox.append(session, [new_purchase()])
        async with database.transaction() as other:
            free = await other.scalars(text("SELECT id FROM account FOR UPDATE SKIP LOCKED"))
            assert free.all() == []


async def test_a_tombstone_has_no_value(database: Database, outbox: Outbox) -> None:
    customer_id = uuid4()
    async with database.transaction() as session:
        await outbox.append_tombstone(session, topic="customer.profiles", key=customer_id)
    async with database.snapshot() as session:
        row = (await session.execute(text("SELECT key, value FROM outbox"))).one()
    assert row == (str(customer_id).encode(), None)
    assert (await published(database))[0].data == ProfileErased(customer_id=customer_id)


async def test_an_event_too_large_for_a_broker_is_refused_there_and_then(database: Database, outbox: Outbox) -> None:
    data = purchase().model_copy(update={"actor": "x" * 1_000_000})
    async with database.transaction() as session:
        with pytest.raises(TooLarge, match="purchase_recorded"):
            await outbox.append(session, [NewEvent(data=data, customer_id=data.customer_id)])
