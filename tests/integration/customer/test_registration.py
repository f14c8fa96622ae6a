"""Registering a customer over HTTP."""

import json
from typing import Any

import pytest

from tests.support.answers import problem
from tests.support.customer_api import CUSTOMERS, CustomerApi
from tests.support.factories.customer import NOW, organisation_body, person_body, point


async def test_person_is_registered_and_read_back(api: CustomerApi) -> None:
    body = person_body(
        given_name="四",
        family_name="李",
        language="zh-CN",
        region="CN-BJ",
        birthday={"calendar": "lunar", "year": 1985, "month": 8, "day": 15},
        contact_points=[{"kind": "mobile", "address": "138 0013 8000"}, {"kind": "email", "address": "li@EXAMPLE.com"}],
        consents=[{"channel": "email", "purpose": "care", "granted": True, "proof": "sign-up form"}],
        external_ids=[{"source": "pos", "id": "42"}],
        tags=["vip", "a"],
        custom_attributes={"card": "A-17"},
        lifecycle="active",
    )
    answer = await api.client.post(CUSTOMERS, json=body)
    assert answer.status_code == 201, answer.text
    customer = answer.json()
    assert answer.headers["Location"] == f"{CUSTOMERS}/{customer['customer_id']}"
    assert answer.headers["ETag"] == '"1"'
    assert customer["display_name"] == "李四"
    assert customer["contact_points"] == [
        point(kind="mobile", address="+8613800138000"),
        point(kind="email", address="li@example.com"),
    ]
    assert customer["consents"][0] == {
        "channel": "email",
        "purpose": "care",
        "granted": True,
        "at": NOW.isoformat().replace("+00:00", "Z"),
        "proof": "sign-up form",
    }
    assert customer["tags"] == ["a", "vip"]
    assert await api.read(customer["customer_id"]) == customer


async def test_organisation_is_registered_with_its_own_name(api: CustomerApi) -> None:
    answer = await api.client.post(CUSTOMERS, json=organisation_body())
    assert answer.status_code == 201, answer.text
    assert answer.json()["display_name"] == "Test Organisation 1"


async def test_language_and_time_zone_have_defaults(api: CustomerApi) -> None:
    body = person_body()
    del body["language"], body["time_zone"]
    customer = (await api.client.post(CUSTOMERS, json=body)).json()
    assert (customer["language"], customer["time_zone"]) == ("zh-CN", "Asia/Shanghai")


@pytest.mark.parametrize(
    ("values", "code", "field"),
    [
        ({"birthday": {"calendar": "lunar", "year": 2024, "month": 1, "day": 30}}, "birthday_invalid", "birthday.day"),
        ({"birthday": {"year": 2030, "month": 1, "day": 1}}, "birthday_in_future", "birthday.year"),
        ({"time_zone": "Asia/Nowhere"}, "time_zone_unknown", "time_zone"),
        ({"region": "XX"}, "region_unknown", "region"),
        (
            {"contact_points": [{"kind": "email", "address": "nobody"}]},
            "email_invalid",
            "contact_points[0].address",
        ),
        (
            {"contact_points": [{"kind": "mobile", "address": "13800138000"}]},
            "mobile_invalid",
            "contact_points[0].address",
        ),
        (
            {
                "consents": [
                    {"channel": "email", "purpose": "care", "granted": True, "at": "2030-01-01T00:00:00Z"},
                ]
            },
            "consent_time_invalid",
            "consents[0].at",
        ),
        ({"organisation_name": "Test Organisation"}, "names_do_not_fit_kind", "organisation_name"),
        ({"custom_attributes": {"a": "\x00"}}, "custom_attributes_invalid", "custom_attributes.a"),
        ({"custom_attributes": {"a": "\ud800"}}, "validation_failed", "custom_attributes.a"),
        ({"given_name": "\ud800"}, "validation_failed", "given_name"),
        ({"shoe_size": 42}, "validation_failed", "shoe_size"),
        ({"kind": "animal"}, "validation_failed", "kind"),
    ],
)
async def test_bad_input_is_refused_naming_the_field(
    api: CustomerApi, values: dict[str, Any], code: str, field: str
) -> None:
    # Escaped as ASCII: httpx would refuse to send half a surrogate pair otherwise.
    escaped = json.dumps(person_body(**values))
    answer = await api.client.post(CUSTOMERS, content=escaped, headers={"Content-Type": "application/json"})
    assert problem(answer) == (422, code, field)
    assert await api.listed() == []
    assert await api.published() == []


async def test_external_id_of_another_customer_is_refused_naming_the_holder(api: CustomerApi) -> None:
    holder = await api.register(external_ids=[{"source": "pos", "id": "42"}])
    answer = await api.client.post(
        CUSTOMERS,
        json=person_body(2, external_ids=[{"source": "crm", "id": "7"}, {"source": "pos", "id": "42"}]),
    )
    assert problem(answer) == (409, "external_id_taken", "external_ids[1]")
    assert answer.json()["context"] == {"customer_id": holder["customer_id"]}
    assert [customer["customer_id"] for customer in await api.listed()] == [holder["customer_id"]]
    assert (await api.client.get(f"{CUSTOMERS}/by-external-id/crm/7")).status_code == 404


async def test_repeated_request_with_its_key_registers_once(api: CustomerApi) -> None:
    key = {"Idempotency-Key": "registration-1"}
    first = await api.client.post(CUSTOMERS, json=person_body(), headers=key)
    again = await api.client.post(CUSTOMERS, json=person_body(), headers=key)
    assert again.json() == first.json()
    assert again.headers["Idempotency-Replayed"] == "true"
    assert len(await api.listed()) == 1


@pytest.mark.parametrize(("scopes", "status"), [((), 403), (("customer:read",), 403), (("interaction:write",), 403)])
async def test_scope_is_needed_to_register(api: CustomerApi, scopes: tuple[str, ...], status: int) -> None:
    answer = await api.client.post(CUSTOMERS, json=person_body(), headers=api.tokens.headers(*scopes))
    assert answer.status_code == status


async def test_token_is_needed(api: CustomerApi) -> None:
    answer = await api.client.get(CUSTOMERS, headers={"Authorization": ""})
    assert answer.status_code == 401
