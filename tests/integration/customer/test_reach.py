"""How a customer may be reached: kinds of contact points, what is known of them, and the wish to be left in peace."""

from datetime import timedelta
from typing import Any

import httpx
import pytest

from shared.contracts.customer import ContactState, ProfileUpdated
from tests.support.answers import problem
from tests.support.customer_api import CUSTOMERS, CustomerApi
from tests.support.factories.customer import NOW

EMAIL = {"kind": "email", "address": "customer1@example.com"}


async def report(api: CustomerApi, customer: dict[str, Any], state: str, **more: Any) -> httpx.Response:
    address = f"{CUSTOMERS}/{customer['customer_id']}/contact-points/state"
    return await api.client.put(address, json=EMAIL | {"state": state} | more)


async def test_latest_report_on_a_contact_point_stands(api: CustomerApi) -> None:
    customer = await api.register()
    bounced = (await report(api, customer, "bounced", reason="5.1.1")).json()
    assert bounced["contact_points"][0]["state"] == "bounced"
    earlier = (NOW - timedelta(hours=1)).isoformat()
    assert (await report(api, customer, "verified", at=earlier)).json()["version"] == bounced["version"]
    profile = (await api.published())[-1].data
    assert isinstance(profile, ProfileUpdated)
    assert (profile.contact_points[0].state, profile.contact_points[0].state_at) == (ContactState.BOUNCED, NOW)
    ahead = (NOW + timedelta(days=1)).isoformat()
    assert problem(await report(api, customer, "verified", at=ahead)) == (422, "report_time_invalid", "at")
    unknown = await report(api, customer, "verified", address="other@example.com")
    assert problem(unknown) == (404, "contact_point_unknown", "address")


async def test_what_is_known_of_an_address_outlives_a_new_list(api: CustomerApi) -> None:
    customer = await api.register()
    verified = (await report(api, customer, "verified")).json()
    points = [EMAIL | {"primary": True}, {"kind": "email", "address": "new@example.com"}]
    changed = (await api.change(verified, contact_points=points)).json()
    assert [point["state"] for point in changed["contact_points"]] == ["verified", "unverified"]


async def test_every_kind_is_kept_in_its_spelling(api: CustomerApi) -> None:
    keys = {"p256dh": "B" * 87, "auth": "a" * 22}
    postal = {"lines": ["1 Example Road"], "locality": "Beijing", "country": "CN"}
    customer = await api.register(
        region="CN",
        contact_points=[
            {"kind": "mobile", "address": "138 0013 8000", "preference": 1},
            {"kind": "wecom", "address": "external-7"},
            {"kind": "feishu", "address": "https://bot.example.com/hook/1"},
            {"kind": "webhook", "address": "https://erp.example.com/rapport"},
            {"kind": "web_push", "address": "https://push.example.com/send/1", "push_keys": keys},
            {"kind": "postal", "postal": postal},
            {"kind": "in_app", "address": "member-42"},
        ],
    )
    assert [point["address"] for point in customer["contact_points"]] == [
        "+8613800138000",
        "external-7",
        "https://bot.example.com/hook/1",
        "https://erp.example.com/rapport",
        "https://push.example.com/send/1",
        "1 Example Road, Beijing, CN",
        "member-42",
    ]


@pytest.mark.parametrize(
    ("point", "code", "field"),
    [
        ({"kind": "webhook", "address": "http://erp.example.com"}, "url_invalid", "contact_points[0].address"),
        ({"kind": "webhook", "address": "https://user@erp.example.com"}, "url_invalid", "contact_points[0].address"),
        ({"kind": "dingtalk", "address": "no id"}, "contact_id_invalid", "contact_points[0].address"),
        ({"kind": "web_push", "address": "https://a.example"}, "push_keys_invalid", "contact_points[0].push_keys"),
        ({"kind": "postal", "address": "somewhere"}, "validation_failed", "contact_points[0]"),
    ],
    ids=["plain http", "user name", "blank", "no keys", "no parts"],
)
async def test_address_that_cannot_be_is_refused(
    api: CustomerApi, point: dict[str, Any], code: str, field: str
) -> None:
    customer = await api.register()
    assert problem(await api.change(customer, contact_points=[point])) == (422, code, field)


async def test_wish_to_be_left_in_peace_is_told(api: CustomerApi) -> None:
    customer = await api.register()
    quiet = {"quiet_hours": {"start": "21:30", "end": "08:00"}}
    wished = (await api.change(customer, do_not_disturb=quiet)).json()
    profile = (await api.published())[-1].data
    assert isinstance(profile, ProfileUpdated)
    assert profile.do_not_disturb is not None
    assert profile.do_not_disturb.quiet_hours is not None
    assert profile.do_not_disturb.quiet_hours.start == "21:30"
    over = {"paused": True, "until": NOW.isoformat()}
    answer = await api.change(wished, do_not_disturb=over)
    assert problem(answer) == (422, "do_not_disturb_invalid", "do_not_disturb.until")
    assert (await api.change(wished, do_not_disturb=None)).json()["do_not_disturb"] is None


async def test_who_they_are_is_kept_and_only_of_persons(api: CustomerApi) -> None:
    customer = await api.register(gender="female", occupation="teacher", interests=["tea", "art", "tea"])
    assert (customer["gender"], customer["interests"]) == ("female", ["art", "tea"])
    dead = await api.change(customer, deceased=True)
    assert dead.json()["deceased"] is True
    answer = await api.client.post(
        CUSTOMERS, json={"kind": "organisation", "organisation_name": "Test", "gender": "male"}
    )
    assert problem(answer) == (422, "field_does_not_fit_kind", "gender")
