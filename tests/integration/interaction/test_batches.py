"""Many interactions in one request: a result for each, and none spoils another."""

from collections import Counter
from typing import Any
from uuid import uuid4

from tests.support.answers import problem, told
from tests.support.factories.interaction import interaction_body
from tests.support.interaction_api import InteractionApi

BATCH = "/v1/interactions/batch"


async def send(api: InteractionApi, *items: Any, **parameters: Any) -> dict[str, Any]:
    answer = await api.client.post(BATCH, json={"items": items}, params=parameters)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def test_every_item_is_answered_for_itself(api: InteractionApi) -> None:
    customer = await api.learn()
    first = interaction_body(customer=customer)
    await api.client.post("/v1/interactions", json=first)
    new = interaction_body("visit", customer=customer)
    result = await send(
        api,
        first,
        new,
        interaction_body(),
        first | {"order_id": "another"},
        interaction_body(amount={"amount": "1.005", "currency": "CNY"}),
        {"kind": "visit", "plce": "store"},
        "no object",
        new,
        new | {"place": "remote"},
    )
    statuses = [item["status"] for item in result["items"]]
    assert statuses == [
        "duplicate",
        "recorded",
        "awaiting_customer",
        "conflict",
        "invalid",
        "invalid",
        "invalid",
        "duplicate",
        "conflict",
    ]
    assert [item["index"] for item in result["items"]] == list(range(9))
    assert {name: result[name] for name in Counter(statuses)} == Counter(statuses)
    assert told(result["items"][3]["problem"]) == ("interaction_conflict", None)
    assert result["items"][3]["problem"]["context"]["differing"] == ["order_id"]
    assert told(result["items"][4]["problem"]) == ("amount_too_precise", "amount.amount")
    assert "did you mean 'place'" in str(result["items"][5]["problem"]["errors"])
    assert result["items"][7]["interaction_id"] == result["items"][1]["interaction_id"]
    assert result["items"][8]["problem"]["context"]["differing"] == ["place"]
    assert len(await api.published()) == 2


async def test_a_batch_sent_again_is_all_duplicates(api: InteractionApi) -> None:
    customer = await api.learn()
    items = [interaction_body(customer=customer) for _ in range(50)]
    first, again = await send(api, *items), await send(api, *items)
    assert (first["recorded"], again["duplicate"]) == (50, 50)
    ids = [item["interaction_id"] for item in first["items"]]
    assert [item["interaction_id"] for item in again["items"]] == ids
    assert [event.envelope.id for event in await api.published()] == ids


async def test_a_thousand_go_in_one_request_and_one_more_does_not(api: InteractionApi) -> None:
    customer = await api.learn()
    items = [interaction_body("visit", customer=customer) for _ in range(1000)]
    assert (await send(api, *items))["recorded"] == 1000
    answer = await api.client.post(BATCH, json={"items": [*items, items[0]]})
    assert problem(answer) == (422, "validation_failed", "items")


async def test_unknown_customers_are_refused_one_by_one_when_asked_for(api: InteractionApi) -> None:
    customer = await api.learn()
    result = await send(
        api,
        interaction_body(customer=customer),
        interaction_body(customer={"id": str(uuid4())}),
        require_known_customer=True,
    )
    assert (result["recorded"], result["invalid"], result["awaiting_customer"]) == (1, 1, 0)
    assert told(result["items"][1]["problem"]) == ("customer_unknown", "customer.id")


async def test_a_batch_of_faults_is_answered_too(api: InteractionApi) -> None:
    assert (await send(api, {}, {}))["invalid"] == 2
