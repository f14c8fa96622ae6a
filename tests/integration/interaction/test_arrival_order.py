"""Whatever comes first, in whatever portions: the same is attached to the same, and published once each."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from uuid import UUID, uuid5

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from services.interaction.ingest.consumers import customer_handler
from services.interaction.ingest.identity import CustomerKey, ExternalKey
from services.interaction.ingest.interaction import RecordInteraction
from services.interaction.ingest.use_cases import record_interactions
from shared.contracts.customer import CustomerFacts
from shared.contracts.envelope import Event
from tests.support.factories.interaction import PROMISES, customer_event, make_command
from tests.support.interaction_api import InteractionApi

CUSTOMERS = [uuid5(UUID(int=0), str(number)) for number in range(3)]
NAMES = [[("shop", "a"), ("pos", "a")], [("shop", "b")], []]
STRANGER = ExternalKey("shop", "stranger")
KEYS: list[tuple[CustomerKey, UUID | None]] = [
    *((customer_id, customer_id) for customer_id in CUSTOMERS),
    *((ExternalKey(*name), owner) for owner, names in zip(CUSTOMERS, NAMES, strict=True) for name in names),
    (STRANGER, None),
]
"""Every identity an interaction may name, with the customer it turns out to be."""


Thing = RecordInteraction | Event[CustomerFacts]


@dataclass(frozen=True)
class Arrival:
    """Something that arrives, and the portion it arrives in: neighbours of one portion come together."""

    thing: Thing
    portion: int


@st.composite
def arrivals(draw: st.DrawFn) -> list[Arrival]:
    """Interactions, some sent twice, and the versions of customers, each customer's in order."""
    named = draw(st.lists(st.sampled_from(KEYS), min_size=1, max_size=10))
    commands = [make_command(customer=key, source_id=str(number)) for number, (key, _) in enumerate(named)]
    commands += draw(st.lists(st.sampled_from(commands), max_size=4))
    news = []
    for customer_id, names in zip(CUSTOMERS, NAMES, strict=True):
        known_at_first = names[: draw(st.integers(0, len(names)))]
        news.append(customer_event(customer_id, *known_at_first))
        news.append(customer_event(customer_id, *names, version=2))
    in_order = {customer_id: iter(of(news, customer_id)) for customer_id in CUSTOMERS}
    together: list[Thing] = [*commands, *news]
    # Wherever news of a customer stands, its versions come one after the other.
    things = [
        next(in_order[thing.data.customer_id]) if isinstance(thing, Event) else thing
        for thing in draw(st.permutations(together))
    ]
    return [Arrival(thing, draw(st.integers(0, 2))) for thing in things]


def of(news: Sequence[Event[CustomerFacts]], customer_id: UUID) -> list[Event[CustomerFacts]]:
    return [event for event in news if event.data.customer_id == customer_id]


async def arrive(api: InteractionApi, arrived: Sequence[Arrival]) -> None:
    learn, outbox = customer_handler(api.platform.outbox, PROMISES), api.platform.outbox
    for _, neighbours in groupby(arrived, key=lambda it: (isinstance(it.thing, Event), it.portion)):
        things = [it.thing for it in neighbours]
        commands = [thing for thing in things if isinstance(thing, RecordInteraction)]
        news = [thing for thing in things if isinstance(thing, Event)]
        async with api.platform.database.transaction() as session:
            await learn(session, news) if news else await record_interactions(
                session, outbox, api.clock, commands, policy=PROMISES
            )


async def check(api: InteractionApi, arrived: Sequence[Arrival]) -> None:
    async with api.platform.database.transaction() as session:
        await session.execute(text("TRUNCATE interactions, known_customers, external_id_claims, outbox"))
    await arrive(api, arrived)
    owners = dict(KEYS)
    commands = {it.thing.interaction_id: it.thing for it in arrived if isinstance(it.thing, RecordInteraction)}
    expected = {(id_, owners[command.customer]) for id_, command in commands.items()}
    events = await api.published()
    published = [(UUID(event.envelope.id), UUID(event.envelope.subject)) for event in events]
    assert len(published) == len(set(published))
    assert set(published) == {(id_, owner) for id_, owner in expected if owner is not None}
    async with api.platform.database.snapshot() as session:
        rows = await session.execute(text("SELECT interaction_id, customer_id FROM interactions"))
        assert {tuple(row) for row in rows} == expected


async def test_any_order_of_arrival_ends_the_same(api: InteractionApi) -> None:
    """Hypothesis runs in a thread of its own and hands each case to this loop, where the database connections live."""
    loop = asyncio.get_running_loop()

    @settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
    @given(arrivals())
    def holds(arrived: list[Arrival]) -> None:
        asyncio.run_coroutine_threadsafe(check(api, arrived), loop).result()

    await asyncio.to_thread(holds)
