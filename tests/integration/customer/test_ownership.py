"""Who looks after a customer, and the handover that a change asks for."""

from datetime import timedelta
from typing import Any

import httpx

from shared.contracts.customer import CustomerChanged, HandoverCompleted, HandoverOpened, ProfileUpdated
from tests.support.answers import problem
from tests.support.customer_api import CUSTOMERS, CustomerApi
from tests.support.factories.customer import NOW


async def assign(api: CustomerApi, customer: dict[str, Any], owner: str | None, **more: Any) -> dict[str, Any]:
    body = {"owner": {"id": owner, "name": "Manager"} if owner else None} | more
    answer = await api.client.put(f"{CUSTOMERS}/{customer['customer_id']}/owner", json=body)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def handovers(api: CustomerApi, **filters: Any) -> list[dict[str, Any]]:
    return list((await api.client.get("/v1/handovers", params=filters)).json()["items"])


async def journal(api: CustomerApi, customer: dict[str, Any], **filters: Any) -> list[dict[str, Any]]:
    answer = await api.client.get(
        f"{CUSTOMERS}/{customer['customer_id']}/journal", params=filters, headers=api.tokens.headers("customer:admin")
    )
    assert answer.status_code == 200, answer.text
    return list(answer.json()["items"])


async def complete(api: CustomerApi, handover: dict[str, Any]) -> httpx.Response:
    return await api.client.post(f"/v1/handovers/{handover['handover_id']}/complete", json={"note": "met on site"})


async def test_first_owner_takes_over_from_nobody(api: CustomerApi) -> None:
    customer = await api.register()
    assigned = await assign(api, customer, "am-1", backup_owner={"id": "am-2"})
    assert (assigned["owner"]["id"], assigned["backup_owner"]["id"]) == ("am-1", "am-2")
    assert await handovers(api) == []
    assert [found["customer_id"] for found in await api.listed(owner_id="am-1")] == [customer["customer_id"]]


async def test_change_of_owner_opens_a_handover_due_in_a_day(api: CustomerApi) -> None:
    customer = await api.register(owner={"id": "am-1"})
    await api.forget_published()
    await assign(api, customer, "am-2", reason="moved")
    facts, profile, opened = [event.data for event in await api.published()]
    assert isinstance(facts, CustomerChanged)
    assert isinstance(profile, ProfileUpdated)
    assert isinstance(opened, HandoverOpened)
    assert (facts.owner_id, profile.owner and profile.owner.name) == ("am-2", "Manager")
    assert (opened.from_owner_id, opened.to_owner_id, opened.due_at) == ("am-1", "am-2", NOW + timedelta(hours=24))
    (entry,) = await journal(api, customer, subject="owner")
    assert (entry["before"]["id"], entry["after"]["id"], entry["reason"]) == ("am-1", "am-2", "moved")
    assert entry["changed_by"] == "tester"


async def test_saying_the_same_again_opens_nothing(api: CustomerApi) -> None:
    customer = await api.register(owner={"id": "am-1"})
    first = await assign(api, customer, "am-1")
    assert (await assign(api, customer, "am-1"))["version"] == first["version"]
    assert await handovers(api) == []


async def test_handover_is_overdue_until_it_is_completed(api: CustomerApi) -> None:
    customer = await api.register(owner={"id": "am-1"})
    await assign(api, customer, "am-2")
    assert await handovers(api, state="overdue") == []
    api.clock.move_to(NOW + timedelta(hours=25))
    (overdue,) = await handovers(api, state="overdue", owner_id="am-2")
    assert overdue["overdue"] is True
    await api.forget_published()
    done = await complete(api, overdue)
    assert (done.status_code, done.json()["overdue"], done.json()["note"]) == (200, False, "met on site")
    (told,) = [event.data for event in await api.published()]
    assert isinstance(told, HandoverCompleted)
    assert told.completed_at == NOW + timedelta(hours=25)
    assert [len(await handovers(api, state=state)) for state in ("open", "overdue", "completed")] == [0, 0, 1]
    assert problem(await complete(api, overdue))[:2] == (409, "handover_closed")


async def test_managers_are_reachable_or_refused(api: CustomerApi) -> None:
    customer = await api.register()
    answer = await api.client.put(
        f"{CUSTOMERS}/{customer['customer_id']}/owner", json={"owner": {"id": "am-1", "email": "nowhere"}}
    )
    assert problem(answer) == (422, "email_invalid", "owner.email")


async def test_journal_is_for_those_who_may_administer(api: CustomerApi) -> None:
    customer = await api.register()
    answer = await api.client.get(f"{CUSTOMERS}/{customer['customer_id']}/journal")
    assert problem(answer)[:2] == (403, "scope_missing")
