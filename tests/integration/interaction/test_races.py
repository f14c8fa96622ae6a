"""Recording and learning at the same moment: nothing is stranded, nothing is published twice."""

import asyncio
from collections import Counter
from uuid import UUID, uuid4

import pytest

from services.interaction.ingest.consumers import customer_handler
from services.interaction.ingest.identity import CustomerKey, ExternalKey
from services.interaction.ingest.interaction import RecordInteraction
from services.interaction.ingest.outcome import Accepted, Outcome, Refused
from services.interaction.ingest.use_cases import record_interactions
from shared.db.session import driver
from tests.support.factories.interaction import PROMISES, customer_event, make_command
from tests.support.interaction_api import InteractionApi

SHOP_42 = ExternalKey("shop", "42")
ROUNDS = 15


async def record(api: InteractionApi, *commands: RecordInteraction) -> list[Outcome]:
    async with api.platform.database.transaction() as session:
        return await record_interactions(session, api.platform.outbox, api.clock, commands, policy=PROMISES)


async def learn(api: InteractionApi, customer_id: UUID) -> None:
    await api.learn(("shop", "42"), customer_id=customer_id)


async def is_held_up(task: "asyncio.Task[object]") -> bool:
    done, _ = await asyncio.wait([task], timeout=0.3)
    return not done


@pytest.mark.parametrize("by_name", [True, False])
async def test_learning_waits_for_what_is_being_recorded(api: InteractionApi, by_name: bool) -> None:
    customer_id = uuid4()
    key: CustomerKey = SHOP_42 if by_name else customer_id
    async with api.platform.database.transaction() as session:
        await record_interactions(
            session, api.platform.outbox, api.clock, [make_command(customer=key)], policy=PROMISES
        )
        learning = asyncio.create_task(learn(api, customer_id))
        assert await is_held_up(learning)
    await learning
    assert len(await api.published()) == 1


@pytest.mark.parametrize("by_name", [True, False])
async def test_recording_waits_for_what_is_being_learnt(api: InteractionApi, by_name: bool) -> None:
    customer_id = uuid4()
    key: CustomerKey = SHOP_42 if by_name else customer_id
    async with api.platform.database.transaction() as session:
        news = customer_event(customer_id, ("shop", "42"))
        await customer_handler(api.platform.outbox, PROMISES)(session, [news])
        recording = asyncio.create_task(record(api, make_command(customer=key)))
        assert await is_held_up(recording)
    [outcome] = await recording
    assert isinstance(outcome, Accepted)
    assert outcome.interaction.customer_id == customer_id
    assert len(await api.published()) == 1


async def test_recording_for_the_known_waits_for_nobody(api: InteractionApi) -> None:
    customer_id = uuid4()
    await learn(api, customer_id)
    async with api.platform.database.transaction() as session:
        news = customer_event(customer_id, ("shop", "42"), version=2)
        await customer_handler(api.platform.outbox, PROMISES)(session, [news])
        [outcome] = await asyncio.wait_for(record(api, make_command(customer=SHOP_42)), timeout=5)
    assert isinstance(outcome, Accepted)
    assert outcome.interaction.customer_id == customer_id


async def test_however_they_meet_each_is_published_once(api: InteractionApi) -> None:
    expected = Counter[str]()
    for number in range(ROUNDS):
        customer_id = uuid4()
        commands = [
            make_command(customer=key, source_id=f"{number}-{place}")
            for place, key in enumerate([ExternalKey("shop", str(number)), customer_id] * 3)
        ]
        expected.update(str(command.interaction_id) for command in commands)
        await asyncio.gather(
            *(record(api, command) for command in commands[:4]),
            api.learn(("shop", str(number)), customer_id=customer_id),
            record(api, *commands[4:]),
        )
    assert Counter(event.envelope.id for event in await api.published()) == expected
    assert (await api.read("/v1/reconciliation"))["awaiting"]["count"] == 0


async def test_one_identity_recorded_by_many_at_once_is_recorded_once(api: InteractionApi) -> None:
    await api.learn(("shop", "42"))
    for number in range(ROUNDS):
        same = [make_command(customer=SHOP_42, source_id=str(number)) for _ in range(4)]
        other = make_command(customer=SHOP_42, source_id=str(number), channel="web")
        answers = await asyncio.gather(*(record(api, command) for command in [*same, other]))
        outcomes = [outcome for [outcome] in answers]
        assert sum(isinstance(outcome, Accepted) and outcome.fresh for outcome in outcomes) == 1
        refused = sum(isinstance(outcome, Refused) for outcome in outcomes)
        assert refused in (1, 4)  # whichever content came first stays
    assert len(await api.published()) == ROUNDS


_SLOW_INSERTS = """
CREATE FUNCTION dawdle() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(0.002); RETURN NEW; END $$;
CREATE TRIGGER dawdle BEFORE INSERT ON interactions FOR EACH ROW EXECUTE FUNCTION dawdle();
"""
"""So slow that batches sent one after the other are at work at the same time."""


async def test_batches_that_overlap_in_opposite_order_do_not_deadlock(api: InteractionApi) -> None:
    await api.learn(("shop", "42"))
    async with api.platform.database.transaction() as session:
        await (await driver(session)).execute(_SLOW_INSERTS)
    commands = [make_command(customer=SHOP_42, source_id=str(number)) for number in range(50)]
    batches = [commands, commands[::-1], commands[10:40], commands[40:10:-1]]
    answers = await asyncio.gather(*(record(api, *batch) for batch in batches))
    fresh = sum(isinstance(outcome, Accepted) and outcome.fresh for answer in answers for outcome in answer)
    assert fresh == len(await api.published()) == 50
