"""One interaction at a time: recorded once, published once, and answered the same whenever it is sent."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from services.interaction.ingest.schemas.examples import INTERACTIONS
from shared.contracts.interaction import PurchaseRecorded
from tests.support.answers import problem
from tests.support.factories.interaction import NOW, interaction_body
from tests.support.interaction_api import INTERACTIONS as ADDRESS
from tests.support.interaction_api import InteractionApi


async def test_a_purchase_of_a_known_customer_is_recorded_and_published(api: InteractionApi) -> None:
    customer = await api.learn()
    body = interaction_body(customer=customer, id="order-1")
    answer = await api.client.post(ADDRESS, json=body)
    assert answer.status_code == 201
    recorded = answer.json()
    assert answer.headers["Location"] == f"{ADDRESS}/{recorded['interaction_id']}"
    assert recorded["state"] == "recorded"
    assert recorded["customer_id"] == customer["id"]
    assert recorded["amount"] == {"amount": "29.33", "currency": "CNY"}
    assert await api.read(answer.headers["Location"]) == recorded
    [event] = await api.published()
    assert isinstance(event.data, PurchaseRecorded)
    assert event.envelope.id == recorded["interaction_id"] == str(event.data.interaction_id)
    assert event.envelope.time == event.data.recorded_at == NOW
    assert event.envelope.subject == customer["id"]
    assert event.data.amount.minor == 2933


@pytest.mark.parametrize("kind", INTERACTIONS)
async def test_the_documented_examples_work_as_they_stand(api: InteractionApi, kind: str) -> None:
    customer = await api.learn(("shop", "C-0042"))
    answer = await api.client.post(ADDRESS, json=INTERACTIONS[kind])
    assert answer.status_code == 201, answer.text
    assert answer.json()["customer_id"] == customer["id"]
    [event] = await api.published()
    assert str(event.data.customer_id) == customer["id"]  # type: ignore[attr-defined]


async def test_the_same_again_is_a_duplicate_and_changes_nothing(api: InteractionApi) -> None:
    body = interaction_body(customer=await api.learn())
    first = await api.client.post(ADDRESS, json=body)
    api.clock.move_to(NOW + timedelta(days=1))
    again = await api.client.post(ADDRESS, json=body)
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json() == first.json()
    assert len(await api.published()) == 1


async def test_other_content_under_the_same_identity_is_a_conflict_that_says_what_differs(api: InteractionApi) -> None:
    body = interaction_body(id="order-1")
    recorded = (await api.client.post(ADDRESS, json=body)).json()
    answer = await api.client.post(
        ADDRESS, json=body | {"channel": "web", "amount": {"amount": "30.33", "currency": "CNY"}}
    )
    assert problem(answer) == (409, "interaction_conflict", None)
    context = answer.json()["context"]
    assert context == {"interaction_id": recorded["interaction_id"], "differing": ["amount", "channel"]}
    assert await api.read(f"{ADDRESS}/{recorded['interaction_id']}") == recorded


async def test_the_same_amount_written_otherwise_is_no_conflict(api: InteractionApi) -> None:
    body = interaction_body(occurred_at="2026-11-01T08:00:00+08:00", amount={"amount": "29.3", "currency": "CNY"})
    assert (await api.client.post(ADDRESS, json=body)).status_code == 201
    same = body | {"occurred_at": "2026-11-01T00:00:00Z", "amount": {"amount": "29.30", "currency": "CNY"}}
    assert (await api.client.post(ADDRESS, json=same)).status_code == 200


async def test_an_idempotency_key_answers_again_for_an_interaction_without_id(api: InteractionApi) -> None:
    body = interaction_body(id=None, customer=await api.learn())
    headers = {"Idempotency-Key": "one-visit"}
    first = await api.client.post(ADDRESS, json=body, headers=headers)
    again = await api.client.post(ADDRESS, json=body, headers=headers)
    assert first.json() == again.json()
    assert len(await api.published()) == 1
    assert (await api.client.post(ADDRESS, json=body)).json()["interaction_id"] != first.json()["interaction_id"]


async def test_the_caller_is_the_source_unless_another_is_named(api: InteractionApi) -> None:
    assert (await api.record(source=None))["source"] == "shop"
    assert (await api.record(source="pos"))["source"] == "pos"


async def test_an_unknown_customer_is_refused_when_asked_for(api: InteractionApi) -> None:
    for customer, field in (
        ({"source": "shop", "external_id": "nobody"}, "customer.external_id"),
        ({"id": str(uuid4())}, "customer.id"),
    ):
        body = interaction_body(customer=customer)
        answer = await api.client.post(ADDRESS, json=body, params={"require_known_customer": True})
        assert problem(answer) == (422, "customer_unknown", field)
        assert "require_known_customer" in answer.json()["detail"]
    assert (await api.read("/v1/reconciliation"))["awaiting"]["count"] == 0


@pytest.mark.parametrize(
    ("values", "code", "field"),
    [
        ({"amount": {"amount": "1.005", "currency": "CNY"}}, "amount_too_precise", "amount.amount"),
        ({"amount": {"amount": "1", "currency": "RMB"}}, "currency_unknown", "amount.currency"),
        ({"occurred_at": "2031-01-01T00:00:00Z"}, "occurred_in_future", "occurred_at"),
        ({"occurred_at": "1815-06-18T11:30:00Z"}, "occurred_too_early", "occurred_at"),
        ({"occurred_at": "2026-11-01T00:00:00"}, "validation_failed", "occurred_at"),
        ({"amuont": 1}, "validation_failed", "amuont"),
        ({"kind": "purchse"}, "validation_failed", "kind"),
        ({"customer": {}}, "validation_failed", "customer"),
        ({"order_id": "nul\x00"}, "validation_failed", "order_id"),
    ],
)
async def test_bad_input_is_told_by_field(api: InteractionApi, values: dict[str, Any], code: str, field: str) -> None:
    answer = await api.client.post(ADDRESS, json=interaction_body() | values)
    assert problem(answer) == (422, code, field)
    assert await api.published() == []


async def test_what_is_not_there_is_not_found(api: InteractionApi) -> None:
    assert problem(await api.client.get(f"{ADDRESS}/{uuid4()}")) == (404, "interaction_not_found", None)


async def test_a_body_too_large_is_refused(api: InteractionApi) -> None:
    body = interaction_body("visit", notes="x" * 2_000_000)
    assert problem(await api.client.post(ADDRESS, json=body))[:2] == (413, "body_too_large")


@pytest.mark.parametrize(("method", "address"), [("POST", ADDRESS), ("GET", f"{ADDRESS}/{UUID(int=1)}")])
async def test_each_door_wants_its_scope(api: InteractionApi, method: str, address: str) -> None:
    headers = api.tokens.headers("interaction:other")
    answer = await api.client.request(method, address, json=interaction_body(), headers=headers)
    assert problem(answer)[:2] == (403, "scope_missing")
