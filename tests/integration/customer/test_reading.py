"""Reading, listing and searching customers."""

from typing import Any
from uuid import uuid4

import pytest

from tests.support.answers import problem
from tests.support.customer_api import CUSTOMERS, CustomerApi
from tests.support.factories.customer import organisation_body


async def test_known_version_is_not_sent_again(api: CustomerApi) -> None:
    customer = await api.register()
    address = f"{CUSTOMERS}/{customer['customer_id']}"
    known = await api.client.get(address, headers={"If-None-Match": '"1"'})
    assert (known.status_code, known.content, known.headers["ETag"]) == (304, b"", '"1"')
    await api.change(customer, tags=["new"])
    assert (await api.client.get(address, headers={"If-None-Match": '"1"'})).status_code == 200


async def test_head_tells_the_version_alone(api: CustomerApi) -> None:
    customer = await api.register()
    address = f"{CUSTOMERS}/{customer['customer_id']}"
    head = await api.client.head(address)
    assert (head.status_code, head.headers["ETag"]) == (200, '"1"')
    assert (await api.client.head(address, headers={"If-None-Match": '"1"'})).status_code == 304


async def test_unknown_customer_is_not_found(api: CustomerApi) -> None:
    assert problem(await api.client.get(f"{CUSTOMERS}/{uuid4()}"))[:2] == (404, "customer_unknown")


async def test_id_that_is_none_is_refused(api: CustomerApi) -> None:
    assert problem(await api.client.get(f"{CUSTOMERS}/42")) == (400, "parameter_invalid", "customer_id")


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({"kind": "organisation"}, ["organisation"]),
        ({"lifecycle": "active"}, ["second"]),
        ({"tag": "vip"}, ["second", "first"]),
        ({"tag": "vip", "lifecycle": "prospect"}, ["first"]),
        ({"region": "CN-BJ"}, ["organisation"]),
        ({"language": "en"}, ["second", "first"]),
        ({}, ["organisation", "second", "first"]),
        ({"tag": "none"}, []),
    ],
)
async def test_filters_must_all_hold(api: CustomerApi, filters: dict[str, str], expected: list[str]) -> None:
    names = {
        (await api.register(1, tags=["vip"]))["customer_id"]: "first",
        (await api.register(2, tags=["vip", "b"], lifecycle="active"))["customer_id"]: "second",
        (await api.client.post(CUSTOMERS, json=organisation_body())).json()["customer_id"]: "organisation",
    }
    assert [names[found["customer_id"]] for found in await api.listed(**filters)] == expected


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("李四", True),
        ("四", True),
        ("李 四", True),
        ("13800138000", True),
        ("138 0013 8000", True),
        ("LI@example", True),
        ("A-77", True),
        ("a-7", True),
        ("-77", True),
        ("李五", False),
        ("3800", True),
        ("99999", False),
        ("%", False),
        ("l_@", False),
    ],
)
async def test_search_finds_by_names_addresses_and_external_ids(api: CustomerApi, query: str, found: bool) -> None:
    customer = await api.register(
        given_name="四",
        family_name="李",
        region="CN",
        contact_points=[{"kind": "mobile", "address": "13800138000"}, {"kind": "email", "address": "li@example.com"}],
        external_ids=[{"source": "pos", "id": "A-77"}],
    )
    await api.register(2)
    ids = [listed["customer_id"] for listed in await api.listed(q=query)]
    assert ids == ([customer["customer_id"]] if found else [])


@pytest.mark.parametrize("parameters", [{"q": "a\x00"}, {"kind": "animal"}, {"limit": "0"}, {"cursor": "x"}, {"q": ""}])
async def test_bad_parameters_are_refused(api: CustomerApi, parameters: dict[str, str]) -> None:
    answer = await api.client.get(CUSTOMERS, params=parameters)
    assert answer.status_code == 400
    assert problem(answer)[2] == next(iter(parameters))


async def test_pages_neither_repeat_nor_miss_anybody_while_others_register(api: CustomerApi) -> None:
    known = [(await api.register(number))["customer_id"] for number in range(5)]
    seen: list[str] = []
    parameters: dict[str, Any] = {"limit": 2}
    while True:
        page = (await api.client.get(CUSTOMERS, params=parameters)).json()
        seen += [item["customer_id"] for item in page["items"]]
        await api.register(99)
        if page["next_cursor"] is None:
            break
        parameters["cursor"] = page["next_cursor"]
    assert seen == known[::-1]


@pytest.mark.parametrize("key", ["42", "a/b c", "号码"])
async def test_customer_is_found_by_its_external_id(api: CustomerApi, key: str) -> None:
    customer = await api.register(external_ids=[{"source": "pos-1", "id": key}])
    answer = await api.client.get(f"{CUSTOMERS}/by-external-id/pos-1/{key}")
    assert answer.json() == customer
    assert answer.headers["ETag"] == '"1"'
    missing = await api.client.get(f"{CUSTOMERS}/by-external-id/pos-2/{key}")
    assert problem(missing)[:2] == (404, "external_id_unknown")
