"""CloudEvents over HTTP: three ways in, one result."""

import json
from typing import Any

import httpx

from services.interaction.ingest.schemas.cloudevents import BATCHED, STRUCTURED
from services.interaction.ingest.schemas.examples import CLOUDEVENT
from tests.support.answers import problem, told
from tests.support.interaction_api import InteractionApi

EVENTS = "/v1/events"
BINARY = {f"ce-{name}": CLOUDEVENT[name] for name in ("specversion", "id", "source", "type", "time")}


async def send(api: InteractionApi, body: Any, content_type: str, **headers: str) -> httpx.Response:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return await api.client.post(EVENTS, content=content, headers={"Content-Type": content_type, **headers})


async def test_structured_then_binary_then_batched_is_one_interaction(api: InteractionApi) -> None:
    customer = await api.learn(("shop", "C-0042"))
    structured = await send(api, CLOUDEVENT, STRUCTURED)
    assert structured.status_code == 201, structured.text
    assert structured.json()["customer_id"] == customer["id"]
    assert (structured.json()["source"], structured.json()["id"]) == ("shop", "order-4712")
    assert structured.json()["occurred_at"] == "2026-03-14T02:30:00Z"
    binary = await send(api, CLOUDEVENT["data"], "application/json", **BINARY)
    assert (binary.status_code, binary.json()) == (200, structured.json())
    batched = await send(api, [CLOUDEVENT, CLOUDEVENT | {"id": "order-4713"}], BATCHED)
    assert batched.status_code == 200
    assert [item["status"] for item in batched.json()["items"]] == ["duplicate", "recorded"]
    events = await api.published()
    assert [event.envelope.causationid for event in events] == ["order-4712", "order-4713"]


async def test_an_event_and_a_request_of_the_same_identity_are_one(api: InteractionApi) -> None:
    await send(api, CLOUDEVENT, STRUCTURED)
    body = {
        **CLOUDEVENT["data"],
        "kind": "purchase",
        "source": CLOUDEVENT["source"],
        "id": CLOUDEVENT["id"],
        "occurred_at": CLOUDEVENT["time"],
    }
    assert (await api.client.post("/v1/interactions", json=body)).status_code == 200


async def test_in_a_batch_a_bad_event_spoils_no_other(api: InteractionApi) -> None:
    data = CLOUDEVENT["data"]
    answer = await send(
        api,
        [
            CLOUDEVENT,
            CLOUDEVENT | {"time": "2031-01-01T00:00:00Z", "id": "1"},
            CLOUDEVENT | {"data": data | {"amount": {"amount": "1.005", "currency": "CNY"}}, "id": "2"},
            CLOUDEVENT | {"data": data | {"amuont": 1}, "id": "3"},
            CLOUDEVENT | {"type": "com.example.order", "id": "4"},
            CLOUDEVENT | {"data": data | {"order_id": "another"}},
            7,
        ],
        BATCHED,
    )
    assert answer.status_code == 200
    result = answer.json()
    assert (result["awaiting_customer"], result["conflict"], result["invalid"]) == (1, 1, 5)
    problems = [told(item["problem"]) for item in result["items"] if item["status"] == "invalid"]
    assert problems == [
        ("occurred_in_future", "time"),
        ("amount_too_precise", "data.amount.amount"),
        ("data_invalid", "data.amuont"),
        ("event_type_unknown", "type"),
        ("event_not_json", None),
    ]


async def test_what_cannot_be_read_is_told_apart_from_what_is_wrong(api: InteractionApi) -> None:
    assert problem(await send(api, b"{", STRUCTURED))[:2] == (400, "event_not_json")
    assert problem(await send(api, b"{", BATCHED))[:2] == (400, "json_invalid")
    assert problem(await send(api, b"{", "application/json", **BINARY)) == (422, "data_invalid", "data")
    assert problem(await send(api, CLOUDEVENT, "application/json")) == (415, "not_a_cloudevent", "Content-Type")
    assert problem(await send(api, CLOUDEVENT | {"time": None}, STRUCTURED)) == (422, "attribute_missing", "time")


async def test_a_conflict_and_an_unknown_customer_are_told_as_for_requests(api: InteractionApi) -> None:
    await send(api, CLOUDEVENT, STRUCTURED)
    other = CLOUDEVENT | {"time": "2026-03-14T10:31:00+08:00"}
    assert problem(await send(api, other, STRUCTURED))[:2] == (409, "interaction_conflict")
    answer = await api.client.post(
        EVENTS,
        content=json.dumps(CLOUDEVENT | {"id": "new"}),
        headers={"Content-Type": STRUCTURED},
        params={"require_known_customer": True},
    )
    assert problem(answer) == (422, "customer_unknown", "customer.external_id")
