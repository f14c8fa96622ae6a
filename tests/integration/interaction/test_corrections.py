"""Interactions taken back and amended: new facts, whose effect does not depend on the order of arrival."""

from itertools import permutations
from typing import Any

import httpx

from shared.contracts.interaction import InteractionVoided, PurchaseRecorded
from tests.support.answers import problem
from tests.support.factories.interaction import interaction_body
from tests.support.interaction_api import INTERACTIONS, InteractionApi


async def post(api: InteractionApi, kind: str, **values: Any) -> httpx.Response:
    return await api.client.post(INTERACTIONS, json=interaction_body(kind, **values))


async def figures(api: InteractionApi) -> tuple[list[Any], list[Any]]:
    read = await api.read("/v1/reconciliation")
    return tuple([(one["kind"], one["count"]) for one in read[part]] for part in ("totals", "voided"))  # type: ignore[return-value]


async def test_a_void_takes_back_whichever_arrives_first(api: InteractionApi) -> None:
    for number, order in enumerate(permutations(("purchase", "void"))):
        customer = await api.learn()
        for kind in order:
            values = {"id": f"order-{number}"} if kind == "purchase" else {"original": {"id": f"order-{number}"}}
            assert (await post(api, kind, customer=customer, **values)).status_code == 201
        entries = (await api.read(f"/v1/customers/{customer['id']}/timeline"))["items"]
        voided = {entry["kind"]: entry["voided_by"] for entry in entries}
        void_id = next(entry["interaction_id"] for entry in entries if entry["kind"] == "void")
        assert voided == {"purchase": void_id, "void": None}
    assert await figures(api) == ([("void", 2)], [("purchase", 2)])


async def test_an_amendment_voids_and_counts_in_its_place(api: InteractionApi) -> None:
    customer = await api.learn()
    first = (await post(api, "purchase", customer=customer, id="order-1")).json()
    body = interaction_body("purchase", customer=customer, amends={"id": "order-1"})
    second = (await api.client.post(INTERACTIONS, json=body)).json()
    assert second["amends"]["interaction_id"] == first["interaction_id"]
    assert (await api.read(f"{INTERACTIONS}/{first['interaction_id']}"))["replaced_by"] == second["interaction_id"]
    _, void, amended = [event.data for event in await api.published()]
    assert isinstance(void, InteractionVoided)
    assert isinstance(amended, PurchaseRecorded)
    assert str(void.voided_interaction_id) == first["interaction_id"] == str(amended.amends)
    assert str(void.replaced_by) == second["interaction_id"]
    again = await api.client.post(INTERACTIONS, json=body)
    assert (again.status_code, again.json()["interaction_id"]) == (200, second["interaction_id"])
    assert len(await api.published()) == 3
    assert await figures(api) == ([("purchase", 1), ("void", 1)], [("purchase", 1)])


async def test_what_was_taken_back_is_not_taken_back_again(api: InteractionApi) -> None:
    customer = await api.learn()
    await post(api, "purchase", customer=customer, id="order-1")
    await post(api, "purchase", customer=customer, id="order-2", amends={"id": "order-1"})
    late = await post(api, "purchase", customer=customer, id="order-3", amends={"id": "order-1"})
    assert problem(late)[:2] == (409, "voided_before")
    assert (await api.client.get(INTERACTIONS, params={"state": "awaiting_customer"})).json()["items"] == []
    assert await figures(api) == ([("purchase", 1), ("void", 1)], [("purchase", 1)])


async def test_corrections_that_cannot_be_are_refused_and_leave_no_trace(api: InteractionApi) -> None:
    customer = await api.learn()
    await post(api, "purchase", customer=customer, id="order-1")
    await post(api, "void", customer=customer, id="void-1", original={"id": "order-1"})
    refused = [
        await post(api, "void", customer=customer, original={"id": "void-1"}),
        await post(api, "purchase", customer=customer, id="order-9", amends={"id": "order-9"}),
    ]
    await post(api, "purchase", customer=customer, id="order-2")
    refused.append(await post(api, "void", customer=await api.learn(), original={"id": "order-2"}))
    assert [problem(answer)[:2] for answer in refused] == [
        (409, "void_of_a_void"),
        (409, "void_of_itself"),
        (409, "void_of_another_customer"),
    ]
    assert await figures(api) == ([("purchase", 1), ("void", 1)], [("purchase", 1)])


async def test_of_two_corrections_in_a_batch_the_first_stands(api: InteractionApi) -> None:
    customer = await api.learn()
    items = [
        interaction_body("purchase", customer=customer, id="order-1"),
        interaction_body("purchase", customer=customer, id="order-2", amends={"id": "order-1"}),
        interaction_body("purchase", customer=customer, id="order-3", amends={"id": "order-1"}),
    ]
    answer = await api.client.post(f"{INTERACTIONS}/batch", json={"items": items})
    statuses = [item["status"] for item in answer.json()["items"]]
    assert (statuses[0], sorted(statuses[1:])) == ("recorded", ["conflict", "recorded"])
    assert await figures(api) == ([("purchase", 1), ("void", 1)], [("purchase", 1)])


async def test_an_amendment_waits_for_its_customer_and_then_takes_effect(api: InteractionApi) -> None:
    early = {"source": "shop", "external_id": "42"}
    await post(api, "purchase", customer=early, id="order-1")
    await post(api, "purchase", customer=early, id="order-2", amends={"id": "order-1"})
    customer = await api.learn(("shop", "42"))
    assert {type(event.data) for event in await api.published()} == {PurchaseRecorded, InteractionVoided}
    entries = (await api.read(f"/v1/customers/{customer['id']}/timeline"))["items"]
    assert sorted((entry["kind"], entry["id"][:7], bool(entry["voided_by"])) for entry in entries) == [
        ("purchase", "order-1", True),
        ("purchase", "order-2", False),
        ("void", "void-of", False),
    ]


async def test_a_complaint_goes_with_the_resolution_that_is_taken_back(api: InteractionApi) -> None:
    customer = await api.learn()
    await post(api, "complaint", customer=customer, id="opened")
    await post(api, "complaint_resolution", customer=customer, id="resolved")
    await post(api, "void", customer=customer, original={"id": "resolved"})
    [case] = (await api.read("/v1/complaints"))["items"]
    assert (case["state"], case["resolutions"]) == ("open", 0)
    await post(api, "void", customer=customer, original={"id": "opened"})
    assert (await api.read("/v1/complaints"))["items"] == []
