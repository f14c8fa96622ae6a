"""Changing a customer: only the version that was read, and only if anything differs."""

from typing import Any
from uuid import uuid4

import pytest

from tests.support.answers import problem
from tests.support.customer_api import CUSTOMERS, CustomerApi
from tests.support.factories.customer import organisation_body, point


async def test_change_replaces_what_was_sent_and_raises_the_version(api: CustomerApi) -> None:
    customer = await api.register(region="CN", tags=["vip"], birthday={"month": 2, "day": 29})
    answer = await api.change(
        customer,
        family_name="Changed",
        birthday=None,
        contact_points=[{"kind": "mobile", "address": "13800138000"}],
        lifecycle="active",
    )
    assert answer.status_code == 200, answer.text
    changed = answer.json()
    assert answer.headers["ETag"] == '"2"'
    assert changed == customer | {
        "version": 2,
        "family_name": "Changed",
        "display_name": "Customer 1 Changed",
        "birthday": None,
        "contact_points": [point(kind="mobile", address="+8613800138000")],
        "lifecycle": "active",
    }
    assert await api.read(customer["customer_id"]) == changed


async def test_change_that_changes_nothing_keeps_the_version_and_tells_nobody(api: CustomerApi) -> None:
    customer = await api.register(tags=["a", "b"], custom_attributes={"card": "A-17"})
    await api.forget_published()
    answer = await api.change(
        customer,
        given_name=customer["given_name"],
        tags=["b", "a", "a"],
        contact_points=[{"kind": "email", "address": "customer1@EXAMPLE.com"}],
        custom_attributes={"card": "A-17"},
    )
    assert answer.status_code == 200
    assert answer.headers["ETag"] == '"1"'
    assert answer.json() == customer
    assert await api.published() == []


async def test_outdated_version_is_refused(api: CustomerApi) -> None:
    customer = await api.register()
    assert (await api.change(customer, tags=["first"])).status_code == 200
    late = await api.change(customer, tags=["second"])
    assert problem(late) == (412, "version_conflict", "If-Match")
    assert late.json()["context"] == {"version": 2}
    assert (await api.read(customer["customer_id"]))["tags"] == ["first"]


async def test_change_without_if_match_is_refused(api: CustomerApi) -> None:
    customer = await api.register()
    answer = await api.client.patch(f"{CUSTOMERS}/{customer['customer_id']}", json={"tags": []})
    assert problem(answer) == (428, "if_match_required", "If-Match")


async def test_unknown_customer_cannot_be_changed(api: CustomerApi) -> None:
    answer = await api.change({"customer_id": uuid4(), "version": 1}, tags=[])
    assert problem(answer)[:2] == (404, "customer_unknown")


@pytest.mark.parametrize(
    ("values", "status", "code", "field"),
    [
        ({"lifecycle": "won_back"}, 409, "lifecycle_transition_not_allowed", "lifecycle"),
        ({"given_name": None, "family_name": None}, 422, "name_missing", "full_name"),
        ({"time_zone": None}, 422, "validation_failed", "time_zone"),
        ({"kind": "organisation"}, 422, "validation_failed", "kind"),
        ({"birthday": {"month": 4, "day": 31}}, 422, "birthday_invalid", "birthday.day"),
        ({"organisation_name": "Test"}, 422, "names_do_not_fit_kind", "organisation_name"),
    ],
)
async def test_bad_change_is_refused_and_changes_nothing(
    api: CustomerApi, values: dict[str, Any], status: int, code: str, field: str
) -> None:
    customer = await api.register()
    assert problem(await api.change(customer, **values)) == (status, code, field)
    assert await api.read(customer["customer_id"]) == customer


async def test_organisation_can_be_renamed(api: CustomerApi) -> None:
    organisation = (await api.client.post(CUSTOMERS, json=organisation_body())).json()
    answer = await api.change(organisation, organisation_name="测试有限公司")
    assert answer.json()["display_name"] == "测试有限公司"


async def test_search_finds_the_new_name_and_not_the_old(api: CustomerApi) -> None:
    customer = await api.register(given_name="Before")
    await api.change(customer, given_name="Afterwards")
    assert await api.listed(q="before") == []
    assert [found["customer_id"] for found in await api.listed(q="afterwards")] == [customer["customer_id"]]
