"""Linking customers to their identities elsewhere, and taking them off."""

import httpx

from tests.support.answers import problem
from tests.support.customer_api import CUSTOMERS, CustomerApi


def address(customer: dict[str, object], key: str = "42") -> str:
    return f"{CUSTOMERS}/{customer['customer_id']}/external-ids/pos/{key}"


def ids(answer: httpx.Response) -> list[str]:
    return [identity["id"] for identity in answer.json()["external_ids"]]


async def test_link_is_made_once_and_told_once(api: CustomerApi) -> None:
    customer = await api.register()
    await api.forget_published()
    linked = await api.client.put(address(customer))
    assert (linked.status_code, linked.headers["ETag"], ids(linked)) == (200, '"2"', ["42"])
    again = await api.client.put(address(customer))
    assert again.headers["ETag"] == '"2"'
    assert len(await api.published()) == 2
    assert [found["customer_id"] for found in await api.listed(q="42")] == [customer["customer_id"]]


async def test_link_to_what_another_has_is_refused_naming_the_holder(api: CustomerApi) -> None:
    holder, other = await api.register(1, external_ids=[{"source": "pos", "id": "42"}]), await api.register(2)
    answer = await api.client.put(address(other))
    assert problem(answer) == (409, "external_id_taken", "external_id")
    assert answer.json()["context"] == {"customer_id": holder["customer_id"]}


async def test_unlinked_id_is_free_for_another(api: CustomerApi) -> None:
    holder, other = await api.register(1, external_ids=[{"source": "pos", "id": "42"}]), await api.register(2)
    unlinked = await api.client.delete(address(holder))
    assert (unlinked.headers["ETag"], ids(unlinked)) == ('"2"', [])
    assert ids(await api.client.put(address(other))) == ["42"]


async def test_unlinking_what_is_not_linked_is_not_found(api: CustomerApi) -> None:
    customer = await api.register()
    assert problem(await api.client.delete(address(customer)))[:2] == (404, "external_id_unknown")


async def test_identities_are_limited(api: CustomerApi) -> None:
    customer = await api.register(external_ids=[{"source": "pos", "id": str(number)} for number in range(20)])
    assert problem(await api.client.put(address(customer, "one-more")))[:2] == (409, "external_ids_too_many")
