"""The whole worker over a real broker: what comes in by topics, what goes out, and what is set aside."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from msgspec.structs import replace

from services.interaction.app import create_worker
from services.interaction.ingest.schemas.examples import CLOUDEVENT
from services.interaction.ingest.schemas.inbound import INBOUND_TYPES
from shared.contracts.envelope import Event
from shared.contracts.topics import ALL_TOPICS, INBOUND_EVENTS, INTERACTION_EVENTS
from shared.messaging.broker import OutgoingRecord
from shared.messaging.codec import decode
from shared.messaging.dead_letter import DeadLetter, list_dead_letters
from tests.support.eventually import eventually
from tests.support.factories.interaction import YESTERDAY, customer_event, message_event
from tests.support.interaction_api import InteractionApi, open_interaction_api
from tests.support.messaging import outgoing, running
from tests.support.postgres import DatabaseFactory

PURCHASE = "rapport.inbound.purchase_recorded.v1"


@asynccontextmanager
async def working(database_factory: DatabaseFactory, folder: Path) -> AsyncIterator[InteractionApi]:
    """The service with its worker running, over a broker of its own."""
    databases = await database_factory("interaction"), await database_factory()
    async with open_interaction_api(databases[0], folder, broker_dsn=databases[1]) as api:
        await api.platform.broker.start()
        await api.platform.broker.ensure_topics(ALL_TOPICS)
        async with running(*create_worker(api.platform)):
            yield api
        await api.platform.broker.stop()


def purchase(customer: dict[str, Any], event_id: str, amount: str = "29.33", currency: str = "CNY") -> OutgoingRecord:
    data = INBOUND_TYPES[PURCHASE].model_validate(
        {"customer": customer, "order_id": event_id, "amount": {"amount": amount, "currency": currency}}
    )
    return outgoing(data, id=event_id, source="erp", time=YESTERDAY)


async def told(api: InteractionApi, count: int) -> list[Event[Any]]:
    """The first `count` events on interaction.events."""
    subscription = await api.platform.broker.subscribe("test", [INTERACTION_EVENTS.name])
    events: list[Event[Any]] = []
    async with asyncio.timeout(20):
        while len(events) < count:
            events += [decode(record) for record in await subscription.fetch(100, 1.0)]
    await subscription.close()
    return events


async def dead_letters(api: InteractionApi) -> Sequence[DeadLetter]:
    async with api.platform.database.snapshot() as session:
        return await list_dead_letters(session)


async def test_what_other_systems_publish_is_recorded_and_told_once(
    database_factory: DatabaseFactory, tmp_path: Path
) -> None:
    async with working(database_factory, tmp_path) as api:
        customer_id = uuid4()
        records = [purchase({"source": "crm", "external_id": "7"}, str(number)) for number in range(5)]
        await api.platform.broker.publish([*records, *records])
        await api.platform.broker.publish([outgoing(customer_event(customer_id, ("crm", "7")).data)])
        events = await told(api, 5)
        assert sorted(event.data.source_id for event in events) == list("01234")
        assert {event.envelope.subject for event in events} == {str(customer_id)}
        figures = await api.read("/v1/reconciliation")
        assert [tuple(total.values()) for total in figures["totals"]] == [("purchase", "CNY", 5, 5 * 2933)]
        assert await dead_letters(api) == []


async def test_a_bad_event_is_set_aside_with_its_reason_and_stops_nobody(
    database_factory: DatabaseFactory, tmp_path: Path
) -> None:
    async with working(database_factory, tmp_path) as api:
        customer = {"id": str(uuid4())}
        await api.platform.broker.publish([outgoing(customer_event(UUID(customer["id"])).data)])
        structured = (("content-type", b"application/cloudevents+json"),)
        topic = INBOUND_EVENTS.name
        await api.platform.broker.publish(
            [
                purchase(customer, "good-1"),
                purchase(customer, "precise", amount="29.333"),
                purchase(customer, "currency", currency="XXX"),
                OutgoingRecord(topic, b"", b"{", structured),
                OutgoingRecord(topic, b"", b"no event at all"),
                purchase(customer, "good-1", amount="30.00"),
                purchase(customer, "good-2"),
            ]
        )
        assert {event.data.source_id for event in await told(api, 2)} == {"good-1", "good-2"}
        letters = {letter.code: letter for letter in await eventually(lambda: five_of(api))}
        assert set(letters) == {
            "amount_too_precise",
            "currency_unknown",
            "event_not_json",
            "not_a_cloudevent",
            "interaction_conflict",
        }
        assert letters["amount_too_precise"].field == "data.amount.amount"
        assert letters["amount_too_precise"].event_id == "precise"
        assert "differs in amount" in letters["interaction_conflict"].reason


async def test_any_number_of_bad_events_from_outside_stops_nobody(
    database_factory: DatabaseFactory, tmp_path: Path
) -> None:
    async with working(database_factory, tmp_path) as api:
        customer = {"id": str(uuid4())}
        await api.platform.broker.publish([outgoing(customer_event(UUID(customer["id"])).data)])
        bad = [OutgoingRecord(INBOUND_EVENTS.name, b"", b"no event at all")] * 150
        # All of one key: they share the partition, so the good one comes after all of them.
        await api.platform.broker.publish([*bad, replace(purchase(customer, "good"), key=b"")])
        assert [event.data.source_id for event in await told(api, 1)] == ["good"]
        async with api.platform.database.snapshot() as session:
            letters = await list_dead_letters(session, limit=200)
        assert [letter.code for letter in letters] == ["not_a_cloudevent"] * 150


async def five_of(api: InteractionApi) -> Sequence[DeadLetter]:
    letters = await dead_letters(api)
    assert len(letters) == 5, [letter.code for letter in letters]
    return letters


async def test_messages_reach_the_timeline(database_factory: DatabaseFactory, tmp_path: Path) -> None:
    async with working(database_factory, tmp_path) as api:
        customer = await api.learn()
        await api.platform.broker.publish([outgoing(message_event(UUID(customer["id"])).data)])

        async def shown() -> list[dict[str, Any]]:
            return list((await api.read(f"/v1/customers/{customer['id']}/timeline"))["items"])

        [entry] = await eventually(shown)
        assert (entry["kind"], entry["state"], entry["rule"]) == ("message", "sent", "purchase_thanks")


async def test_an_event_by_topic_and_by_http_is_one_interaction(
    database_factory: DatabaseFactory, tmp_path: Path
) -> None:
    async with working(database_factory, tmp_path) as api:
        await api.learn(("shop", "C-0042"))
        data = INBOUND_TYPES[PURCHASE].model_validate(CLOUDEVENT["data"])
        attributes = {name: CLOUDEVENT[name] for name in ("id", "source", "type", "time")}
        await api.platform.broker.publish([outgoing(data, **attributes)])
        await told(api, 1)
        headers = {"Content-Type": "application/cloudevents+json"}
        answer = await api.client.post("/v1/events", json=CLOUDEVENT, headers=headers)
        assert answer.status_code == 200
        assert await dead_letters(api) == []
