"""Consents: the latest decision stands, every decision is kept."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from tests.support.answers import problem
from tests.support.customer_api import CUSTOMERS, CustomerApi
from tests.support.factories.customer import NOW


async def decide(api: CustomerApi, customer: dict[str, Any], **decision: Any) -> dict[str, Any]:
    answer = await api.client.put(f"{CUSTOMERS}/{customer['customer_id']}/consents/email/care", json=decision)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def history(api: CustomerApi, customer: dict[str, Any], **parameters: Any) -> list[dict[str, Any]]:
    answer = await api.client.get(f"{CUSTOMERS}/{customer['customer_id']}/consents/history", params=parameters)
    assert answer.status_code == 200, answer.text
    return list(answer.json()["items"])


async def test_latest_decision_stands_and_all_are_kept(api: CustomerApi) -> None:
    customer = await api.register(consents=[{"channel": "email", "purpose": "care", "granted": True, "proof": "form"}])
    api.clock.move_to(NOW + timedelta(hours=1))
    withdrawn = await decide(api, customer, granted=False, proof="call 17")
    assert withdrawn["version"] == 2
    assert [(consent["granted"], consent["proof"]) for consent in withdrawn["consents"]] == [(False, "call 17")]
    kept = await history(api, customer)
    assert [(entry["granted"], entry["proof"], entry["recorded_by"]) for entry in kept] == [
        (False, "call 17", "tester"),
        (True, "form", "tester"),
    ]


async def test_saying_the_same_again_changes_nothing(api: CustomerApi) -> None:
    customer = await api.register()
    await decide(api, customer, granted=True, proof="form")
    await api.forget_published()
    api.clock.move_to(NOW + timedelta(days=1))
    assert (await decide(api, customer, granted=True))["version"] == 2
    assert (await decide(api, customer, granted=True, proof="form"))["version"] == 2
    assert len(await history(api, customer)) == 1
    assert await api.published() == []


async def test_decision_that_comes_late_is_evidence_but_does_not_stand(api: CustomerApi) -> None:
    customer = await api.register()
    await decide(api, customer, granted=False)
    earlier = (NOW - timedelta(days=1)).isoformat()
    for _ in range(2):
        late = await decide(api, customer, granted=True, at=earlier)
        assert (late["version"], late["consents"][0]["granted"]) == (2, False)
    assert [entry["granted"] for entry in await history(api, customer)] == [True, False]


async def test_withdrawing_now_beats_a_grant_by_a_clock_ahead_of_ours(api: CustomerApi) -> None:
    customer = await api.register()
    await decide(api, customer, granted=True, at=(NOW + timedelta(minutes=4)).isoformat())
    assert (await decide(api, customer, granted=False))["consents"][0]["granted"] is False


@pytest.mark.parametrize("ahead", [timedelta(), timedelta(minutes=5)])
async def test_what_is_said_last_stands_though_no_time_passed(api: CustomerApi, ahead: timedelta) -> None:
    customer = await api.register()
    await decide(api, customer, granted=True, at=(NOW + ahead).isoformat())
    for granted in (False, True, False, True):
        assert (await decide(api, customer, granted=granted))["consents"][0]["granted"] is granted
    assert [entry["granted"] for entry in await history(api, customer)] == [True, False, True, False, True]


async def test_bad_decisions_are_refused(api: CustomerApi) -> None:
    customer = await api.register()
    base = f"{CUSTOMERS}/{customer['customer_id']}/consents"
    future = (NOW + timedelta(days=1)).isoformat()
    assert problem(await api.client.put(f"{base}/email/care", json={})) == (422, "validation_failed", "granted")
    answer = await api.client.put(f"{base}/email/care", json={"granted": True, "at": future})
    assert problem(answer) == (422, "consent_time_invalid", "at")
    assert problem(await api.client.put(f"{base}/fax/care", json={"granted": True}))[0] == 400
    unknown = await api.client.put(f"{CUSTOMERS}/{uuid4()}/consents/email/care", json={"granted": True})
    assert problem(unknown)[:2] == (404, "customer_unknown")


async def test_history_is_paged_and_asks_for_a_known_customer(api: CustomerApi) -> None:
    customer = await api.register()
    for hour in range(3):
        api.clock.move_to(NOW + timedelta(hours=hour))
        await decide(api, customer, granted=hour % 2 == 0)
    address = f"{CUSTOMERS}/{customer['customer_id']}/consents/history"
    first = (await api.client.get(address, params={"limit": 2})).json()
    rest = (await api.client.get(address, params={"cursor": first["next_cursor"]})).json()
    assert [len(first["items"]), len(rest["items"]), rest["next_cursor"]] == [2, 1, None]
    assert (await api.client.get(f"{CUSTOMERS}/{uuid4()}/consents/history")).status_code == 404
