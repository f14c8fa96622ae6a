"""Flags against customers who break the rules: raised and cleared, each with reason and author, and counted."""

from typing import Any

from shared.contracts.customer import CustomerChanged
from tests.support.answers import problem
from tests.support.customer_api import CUSTOMERS, CustomerApi


async def test_flags_are_raised_cleared_and_counted(api: CustomerApi) -> None:
    customer = await api.register()
    address = f"{CUSTOMERS}/{customer['customer_id']}/abuse-flags"
    flag: dict[str, Any] = (await api.client.post(address, json={"kind": "resale", "reason": "case 17"})).json()
    assert (flag["raised_by"], flag["cleared_at"]) == ("tester", None)
    cleared = await api.client.post(f"{address}/{flag['flag_id']}/clear", json={"reason": "mistaken"})
    assert (cleared.json()["cleared_by"], cleared.json()["cleared_reason"]) == ("tester", "mistaken")
    facts = [event.data for event in await api.published() if isinstance(event.data, CustomerChanged)]
    assert [(one.abuse_flags_active, one.abuse_flags_total) for one in facts] == [(1, 1), (0, 1)]
    assert "case 17" not in "".join(one.model_dump_json() for one in facts)
    again = await api.client.post(f"{address}/{flag['flag_id']}/clear", json={"reason": "mistaken"})
    assert problem(again)[:2] == (409, "abuse_flag_cleared")
    listed = (await api.client.get(address)).json()["items"]
    active = (await api.client.get(address, params={"active_only": True})).json()["items"]
    assert (len(listed), active) == (1, [])
    journal = await api.client.get(
        f"{CUSTOMERS}/{customer['customer_id']}/journal", headers=api.tokens.headers("customer:admin")
    )
    assert [(entry["subject"], entry["reason"]) for entry in journal.json()["items"]] == [
        ("abuse_flags", "mistaken"),
        ("abuse_flags", "case 17"),
    ]


async def test_flag_of_another_customer_is_not_found(api: CustomerApi) -> None:
    one, other = await api.register(), await api.register(2)
    flag = (
        await api.client.post(
            f"{CUSTOMERS}/{one['customer_id']}/abuse-flags", json={"kind": "resale", "reason": "case 17"}
        )
    ).json()
    place = f"{CUSTOMERS}/{other['customer_id']}/abuse-flags/{flag['flag_id']}/clear"
    assert problem(await api.client.post(place, json={"reason": "no"}))[:2] == (404, "abuse_flag_unknown")
    bad = await api.client.post(
        f"{CUSTOMERS}/{one['customer_id']}/abuse-flags", json={"kind": "Free Text", "reason": "no"}
    )
    assert problem(bad)[:1] == (422,)
