"""Contacts of organisations: they come, change, leave; the account's coverage and its events follow."""

from typing import Any

from shared.contracts.customer import CustomerChanged, HandoverOpened, ProfileUpdated
from tests.support.answers import problem
from tests.support.customer_api import CUSTOMERS, CustomerApi
from tests.support.factories.customer import organisation_body

EXECUTIVE = {"full_name": "Executive", "role": "executive", "main": True}
USER = {"full_name": "User", "role": "user"}


async def account(api: CustomerApi, **values: Any) -> str:
    answer = await api.client.post(CUSTOMERS, json=organisation_body(**values))
    assert answer.status_code == 201, answer.text
    return f"{CUSTOMERS}/{answer.json()['customer_id']}"


async def add(api: CustomerApi, address: str, **contact: Any) -> dict[str, Any]:
    answer = await api.client.post(f"{address}/contacts", json=contact)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


async def at_risk(api: CustomerApi, **filters: Any) -> list[list[str]]:
    answer = await api.client.get("/v1/relationship-coverage", params=filters)
    assert answer.status_code == 200, answer.text
    return [item["risks"] for item in answer.json()["items"]]


async def test_coverage_follows_the_contacts(api: CustomerApi) -> None:
    address = await account(api, key_account=True)
    assert await at_risk(api) == [["too_few_contacts", "no_executive"]]
    await add(api, address, **USER)
    await add(api, address, full_name="Buyer", role="purchasing")
    assert await at_risk(api) == [["no_executive"]]
    assert await at_risk(api, risk="too_few_contacts") == []
    executive = await add(api, address, **EXECUTIVE)
    assert await at_risk(api) == []
    left = await api.client.post(f"{address}/contacts/{executive['contact_id']}/leave", json={"reason": "moved on"})
    assert (left.status_code, left.json()["left_reason"]) == (200, "moved on")
    assert await at_risk(api, key_account=True) == [["no_executive"]]
    facts = [event.data for event in await api.published() if isinstance(event.data, CustomerChanged)][-1]
    assert facts.contacts is not None
    assert (facts.contacts.active, facts.contacts.left, facts.contacts.main) == (2, 1, "gone")
    assert facts.contacts.risks == ("no_executive",)


async def test_profile_tells_of_active_contacts_only(api: CustomerApi) -> None:
    address = await account(api)
    user = await add(api, address, **USER, note="likes tea", birthday={"month": 3, "day": 4})
    await add(api, address, **EXECUTIVE)
    profile = [event.data for event in await api.published() if isinstance(event.data, ProfileUpdated)][-1]
    assert [contact.display_name for contact in profile.contacts] == ["Executive", "User"]
    assert "likes tea" not in profile.model_dump_json()
    await api.client.post(f"{address}/contacts/{user['contact_id']}/leave", json={})
    profile = [event.data for event in await api.published() if isinstance(event.data, ProfileUpdated)][-1]
    assert [contact.display_name for contact in profile.contacts] == ["Executive"]
    listed = (await api.client.get(f"{address}/contacts")).json()["items"]
    assert [contact["display_name"] for contact in listed] == ["Executive"]
    everybody = (await api.client.get(f"{address}/contacts", params={"include_left": True})).json()["items"]
    assert len(everybody) == 2


async def test_another_main_contact_opens_a_handover(api: CustomerApi) -> None:
    address = await account(api, owner={"id": "am-1"})
    first = await add(api, address, **EXECUTIVE)
    second = await add(api, address, **USER)
    await api.forget_published()
    named = await api.client.put(f"{address}/main-contact", json={"contact_id": second["contact_id"]})
    assert (named.status_code, named.json()["main"]) == (200, True)
    (opened,) = [event.data for event in await api.published() if isinstance(event.data, HandoverOpened)]
    assert (str(opened.from_contact_id), str(opened.to_contact_id), opened.to_owner_id) == (
        first["contact_id"],
        second["contact_id"],
        "am-1",
    )
    again = await api.client.put(f"{address}/main-contact", json={"contact_id": second["contact_id"]})
    assert again.json()["version"] == named.json()["version"]
    handovers = (await api.client.get("/v1/handovers", params={"state": "open"})).json()["items"]
    assert [handover["reason"] for handover in handovers] == ["main_contact_changed"]


async def test_successor_of_a_main_contact_who_left_joins_its_handover(api: CustomerApi) -> None:
    address = await account(api)
    main = await add(api, address, **EXECUTIVE)
    user = await add(api, address, **USER)
    await api.client.post(f"{address}/contacts/{main['contact_id']}/leave", json={})
    await api.client.put(f"{address}/main-contact", json={"contact_id": user["contact_id"]})
    (handover,) = (await api.client.get("/v1/handovers")).json()["items"]
    assert (handover["from_contact_id"], handover["to_contact_id"]) == (main["contact_id"], user["contact_id"])


async def test_changes_rest_on_what_was_read(api: CustomerApi) -> None:
    address = await account(api)
    contact = await add(api, address, **USER, contact_points=[{"kind": "email", "address": "a@example.com"}])
    place = f"{address}/contacts/{contact['contact_id']}"
    assert problem(await api.client.patch(place, json={"role": "technical"}))[:2] == (428, "if_match_required")
    changed = await api.client.patch(place, json={"role": "technical", "position": "CTO"}, headers={"If-Match": '"1"'})
    assert (changed.status_code, changed.json()["role"], changed.headers["ETag"]) == (200, "technical", '"2"')
    assert changed.json()["contact_points"][0]["address"] == "a@example.com"
    late = await api.client.patch(place, json={"role": "user"}, headers={"If-Match": '"1"'})
    assert problem(late)[:2] == (412, "version_conflict")
    assert (await api.client.get(place)).json()["role"] == "technical"


async def test_what_cannot_be_is_refused_with_its_field(api: CustomerApi) -> None:
    address = await account(api)
    person = f"{CUSTOMERS}/{(await api.register())['customer_id']}"
    assert problem(await api.client.post(f"{person}/contacts", json=USER))[:2] == (409, "contacts_of_person")
    nameless = await api.client.post(f"{address}/contacts", json={"role": "user"})
    assert problem(nameless) == (422, "name_missing", "full_name")
    dated = USER | {"important_dates": [{"kind": "wedding", "on": {"month": 2, "day": 30}, "recurring": True}]}
    answer = await api.client.post(f"{address}/contacts", json=dated)
    assert problem(answer) == (422, "important_date_invalid", "important_dates[0].on.day")
    user = await add(api, address, **USER)
    place = f"{address}/contacts/{user['contact_id']}"
    await api.client.post(f"{place}/leave", json={})
    assert problem(await api.client.post(f"{place}/leave", json={}))[:2] == (409, "contact_left")
    elsewhere = f"{await account(api, number=2)}/contacts/{user['contact_id']}"
    assert problem(await api.client.get(elsewhere))[:2] == (404, "contact_unknown")
