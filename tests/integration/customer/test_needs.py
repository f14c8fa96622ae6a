"""What is found out of an account: needs, how we stand, what it spends."""

from typing import Any

from shared.contracts.common import Money
from shared.contracts.customer import CustomerChanged
from tests.support.answers import problem
from tests.support.customer_api import CUSTOMERS, CustomerApi
from tests.support.factories.customer import organisation_body

NEED = {"kind": "implicit", "description": "wants to be seen"}


async def account(api: CustomerApi, number: int = 1) -> str:
    answer = await api.client.post(CUSTOMERS, json=organisation_body(number))
    return f"{CUSTOMERS}/{answer.json()['customer_id']}"


async def needs(api: CustomerApi, address: str, **filters: Any) -> list[dict[str, Any]]:
    return list((await api.client.get(f"{address}/needs", params=filters)).json()["items"])


async def test_needs_of_account_and_contact_have_a_status(api: CustomerApi) -> None:
    address = await account(api)
    contact = (await api.client.post(f"{address}/contacts", json={"full_name": "User", "role": "user"})).json()
    await api.client.post(f"{address}/needs", json=NEED | {"kind": "explicit"})
    personal = await api.client.post(f"{address}/needs", json=NEED | {"contact_id": contact["contact_id"]})
    assert personal.status_code == 201, personal.text
    assert [need["kind"] for need in await needs(api, address)] == ["implicit", "explicit"]
    assert len(await needs(api, address, contact_id=contact["contact_id"])) == 1
    place = f"{address}/needs/{personal.json()['need_id']}"
    met = await api.client.patch(place, json={"status": "met"}, headers={"If-Match": '"1"'})
    assert (met.json()["status"], met.json()["version"]) == ("met", 2)
    late = await api.client.patch(place, json={"status": "dropped"}, headers={"If-Match": '"1"'})
    assert problem(late)[:2] == (412, "version_conflict")
    assert [need["status"] for need in await needs(api, address, status="met")] == ["met"]


async def test_need_of_another_accounts_contact_is_refused(api: CustomerApi) -> None:
    address, other = await account(api), await account(api, 2)
    contact = (await api.client.post(f"{other}/contacts", json={"full_name": "User", "role": "user"})).json()
    answer = await api.client.post(f"{address}/needs", json=NEED | {"contact_id": contact["contact_id"]})
    assert problem(answer)[:2] == (404, "contact_unknown")


async def test_swot_is_written_anew_and_kept(api: CustomerApi) -> None:
    address = f"{await account(api)}/swot"
    blank = await api.client.get(address)
    assert (blank.json()["version"], blank.headers["ETag"]) == (0, '"0"')
    for version, strengths in enumerate((["known"], ["known", "near"])):
        written = await api.client.put(address, json={"strengths": strengths}, headers={"If-Match": f'"{version}"'})
        assert written.status_code == 200, written.text
    late = await api.client.put(address, json={}, headers={"If-Match": '"1"'})
    assert problem(late)[:2] == (412, "version_conflict")
    assert (await api.client.get(address)).json()["strengths"] == ["known", "near"]
    history = (await api.client.get(f"{address}/history")).json()["items"]
    assert [version["strengths"] for version in history] == [["known", "near"], ["known"]]


async def test_wallet_is_told_in_minor_units(api: CustomerApi) -> None:
    address = f"{await account(api)}/wallet"
    await api.forget_published()
    estimate = {"yearly": {"amount": "480000.00", "currency": "CNY"}, "competitors": ["Rival", "Rival", "Other"]}
    shown = (await api.client.put(f"{address}/tea", json=estimate)).json()["items"]
    assert [(one["category"], one["yearly"]["amount"], one["competitors"]) for one in shown] == [
        ("tea", "480000.00", ["Rival", "Other"])
    ]
    facts = (await api.published())[0].data
    assert isinstance(facts, CustomerChanged)
    assert (facts.wallet[0].yearly, facts.wallet[0].competitors) == (Money(minor=48_000_000, currency="CNY"), 2)
    await api.client.put(f"{address}/tea", json=estimate)
    assert len(await api.published()) == 2, "the same estimate again is no change"
    assert (await api.client.delete(f"{address}/tea")).json()["items"] == []
    assert problem(await api.client.delete(f"{address}/tea"))[:2] == (404, "estimate_unknown")
    bad = await api.client.put(f"{address}/tea", json={"yearly": {"amount": "1.005", "currency": "CNY"}})
    assert problem(bad) == (422, "amount_too_precise", "yearly.amount")
