"""What scoring says is kept and shown with customers, whatever the order it is told in."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

from services.customer.profiles.consumers import on_scores_changed
from shared.contracts.envelope import Event
from shared.contracts.scoring import AbcClass
from tests.support.customer_api import CustomerApi
from tests.support.factories.customer import NOW, score_event


async def keep(api: CustomerApi, *events: Event[Any]) -> None:
    async with api.database.transaction() as session:
        await on_scores_changed(session, events)


async def test_score_is_shown_and_filtered_by_on_lists(api: CustomerApi) -> None:
    first, second, third = [await api.register(number) for number in range(3)]
    await keep(api, score_event(first["customer_id"], AbcClass.A), score_event(second["customer_id"], None))
    listed = {customer["customer_id"]: customer["score"] for customer in await api.listed()}
    assert listed[third["customer_id"]] is None
    assert listed[first["customer_id"]] == {
        "abc_class": "A",
        "lifecycle_stage": "formation",
        "loyalty_level": "satisfied",
        "as_of": NOW.isoformat().replace("+00:00", "Z"),
    }
    assert [customer["customer_id"] for customer in await api.listed(abc_class="A")] == [first["customer_id"]]
    staged = [customer["customer_id"] for customer in await api.listed(lifecycle_stage="formation")]
    assert staged == [second["customer_id"], first["customer_id"]]


async def test_latest_score_stays_whatever_the_order(api: CustomerApi) -> None:
    customer_id = (await api.register())["customer_id"]
    later = NOW + timedelta(days=1)
    await keep(api, score_event(customer_id, AbcClass.A, later), score_event(customer_id, AbcClass.C))
    assert (await api.listed())[0]["score"]["abc_class"] == "A"
    await keep(api, score_event(customer_id, AbcClass.C))
    assert (await api.listed())[0]["score"]["abc_class"] == "A"
    await keep(api, score_event(customer_id, AbcClass.B, later))
    assert (await api.listed())[0]["score"]["abc_class"] == "B"


async def test_score_is_no_change_of_the_customer(api: CustomerApi) -> None:
    customer = await api.register()
    await api.forget_published()
    await keep(api, score_event(customer["customer_id"], AbcClass.A), score_event(uuid4(), AbcClass.A))
    assert await api.read(customer["customer_id"]) == customer
    assert await api.published() == []
