"""Interactions that come before their customers: kept, attached once, and published in the order they occurred."""

from datetime import timedelta
from uuid import uuid4

from services.interaction.ingest.consumers import customer_handler
from tests.support.factories.interaction import NOW, PROMISES, YESTERDAY, customer_event
from tests.support.interaction_api import INTERACTIONS, InteractionApi

AWAITING = {"state": "awaiting_customer"}
SHOP_42 = {"source": "shop", "external_id": "42"}


async def test_an_early_interaction_is_kept_and_published_when_its_customer_appears(api: InteractionApi) -> None:
    customer_id = uuid4()
    by_id = await api.record(customer={"id": str(customer_id)})
    by_name = await api.record(customer=SHOP_42)
    other = await api.record(customer={"source": "pos", "external_id": "42"})
    assert {it["state"] for it in (by_id, by_name, other)} == {"awaiting_customer"}
    assert await api.published() == []
    await api.learn(("shop", "42"), customer_id=customer_id)
    events = await api.published()
    assert {event.envelope.id for event in events} == {by_id["interaction_id"], by_name["interaction_id"]}
    assert {event.envelope.subject for event in events} == {str(customer_id)}
    now_read = await api.read(f"{INTERACTIONS}/{by_name['interaction_id']}")
    assert now_read == by_name | {"state": "recorded", "customer_id": str(customer_id)}
    assert (await api.read(f"{INTERACTIONS}/{other['interaction_id']}"))["state"] == "awaiting_customer"


async def test_they_are_published_in_the_order_in_which_they_occurred(api: InteractionApi) -> None:
    for minutes in (3, 1, 2):
        occurred_at = (YESTERDAY + timedelta(minutes=minutes)).isoformat()
        await api.record(customer=SHOP_42, id=str(minutes), occurred_at=occurred_at)
    await api.learn(("shop", "42"))
    assert [event.data.source_id for event in await api.published()] == ["1", "2", "3"]  # type: ignore[attr-defined]


async def test_what_was_recorded_when_stays_when_the_customer_comes_late(api: InteractionApi) -> None:
    recorded = await api.record(customer=SHOP_42)
    api.clock.move_to(NOW + timedelta(days=3))
    await api.learn(("shop", "42"))
    [event] = await api.published()
    assert event.envelope.time == event.data.recorded_at == NOW  # type: ignore[attr-defined]
    assert recorded["recorded_at"] == NOW.isoformat().replace("+00:00", "Z")


async def test_the_news_of_the_customer_is_the_cause_of_what_it_sets_free(api: InteractionApi) -> None:
    await api.record(customer=SHOP_42)
    news = customer_event(uuid4(), ("shop", "42"))
    async with api.platform.database.transaction() as session:
        await customer_handler(api.platform.outbox, PROMISES)(session, [news])
    [event] = await api.published()
    assert event.envelope.causationid == news.envelope.id


async def test_news_told_again_publishes_nothing_again(api: InteractionApi) -> None:
    customer_id = uuid4()
    await api.record(customer=SHOP_42)
    for _ in range(2):
        await api.learn(("shop", "42"), customer_id=customer_id)
    await api.learn(("shop", "42"), customer_id=customer_id, version=2)
    assert len(await api.published()) == 1


async def test_an_identity_added_later_attaches_what_waited_for_it(api: InteractionApi) -> None:
    customer = await api.learn()
    await api.record(customer=SHOP_42)
    assert await api.published() == []
    await api.learn(("shop", "42"), customer_id=customer["id"], version=2)
    assert len(await api.published()) == 1
    assert (await api.record(customer=SHOP_42))["state"] == "recorded"


async def test_an_identity_taken_away_is_unknown_again(api: InteractionApi) -> None:
    customer = await api.learn(("shop", "42"), ("pos", "42"))
    await api.learn(("pos", "42"), customer_id=customer["id"], version=2)
    assert (await api.record(customer=SHOP_42))["state"] == "awaiting_customer"
    assert (await api.record(customer={"source": "pos", "external_id": "42"}))["state"] == "recorded"


async def test_an_identity_that_moves_ends_with_its_new_owner_whatever_arrives_first(api: InteractionApi) -> None:
    """The events of two customers travel in two partitions: the new owner's may overtake the old one's."""
    old, new = uuid4(), uuid4()
    claimed = customer_event(old, ("shop", "42"))
    released = customer_event(old, version=2)
    taken = customer_event(new, ("shop", "42"))
    later = taken.envelope.model_copy(update={"time": NOW + timedelta(minutes=1)})
    handle = customer_handler(api.platform.outbox, PROMISES)
    for event in (type(taken)(later, taken.data), claimed, released):
        async with api.platform.database.transaction() as session:
            await handle(session, [event])
        if event.data.version == 1:
            assert (await api.record(customer=SHOP_42))["customer_id"] == str(new)
    assert (await api.record(customer=SHOP_42))["customer_id"] == str(new)


async def test_a_batch_of_news_attaches_what_its_events_would_one_by_one(api: InteractionApi) -> None:
    customer_id = uuid4()
    passing = await api.record(customer=SHOP_42)
    news = [
        customer_event(customer_id, ("shop", "42")),
        customer_event(customer_id, ("shop", "43"), version=2),
        customer_event(uuid4(), ("shop", "42"), version=1),
    ]
    async with api.platform.database.transaction() as session:
        await customer_handler(api.platform.outbox, PROMISES)(session, news)
    assert (await api.read(f"{INTERACTIONS}/{passing['interaction_id']}"))["customer_id"] == str(customer_id)
    assert len(await api.published()) == 1


async def test_those_that_wait_are_listed_with_their_age_the_longest_first(api: InteractionApi) -> None:
    ids = []
    for hours in range(5):
        api.clock.move_to(NOW + timedelta(hours=hours))
        ids.append((await api.record(customer=SHOP_42))["interaction_id"])
    await api.record(customer=await api.learn())
    api.clock.move_to(NOW + timedelta(hours=6))
    first = await api.read(INTERACTIONS, **AWAITING, limit=3)
    assert [item["waiting_seconds"] for item in first["items"]] == [6 * 3600, 5 * 3600, 4 * 3600]
    second = await api.read(INTERACTIONS, **AWAITING, limit=3, cursor=first["next_cursor"])
    assert second["next_cursor"] is None
    assert [item["interaction"]["interaction_id"] for item in first["items"] + second["items"]] == ids
    await api.learn(("shop", "42"))
    assert (await api.read(INTERACTIONS, **AWAITING))["items"] == []


async def test_a_duplicate_of_an_early_interaction_is_answered_as_it_stands(api: InteractionApi) -> None:
    early = await api.record(customer=SHOP_42, id="order-1")
    again = await api.post(customer=SHOP_42, id="order-1")
    assert (again.status_code, again.json()) == (200, early)
    customer = await api.learn(("shop", "42"))
    late = await api.post(customer=SHOP_42, id="order-1")
    assert (late.status_code, late.json()["customer_id"]) == (200, customer["id"])
    named_by_id = await api.post(customer=customer, id="order-1")
    assert named_by_id.status_code == 200
