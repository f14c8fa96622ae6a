"""What is published: everything that changes, in the same transaction, and nobody's data where it does not belong."""

from typing import Any

from sqlalchemy import text

from shared.contracts.customer import CustomerChanged, CustomerRegistered, ProfileUpdated
from tests.support.customer_api import CUSTOMERS, CustomerApi
from tests.support.factories.customer import NOW

PERSONAL: dict[str, Any] = {
    "given_name": "Givenname",
    "family_name": "Familyname",
    "full_name": "Fullname",
    "birthday": {"year": 1987, "month": 6, "day": 5},
    "contact_points": [
        {"kind": "email", "address": "address@example.com"},
        {"kind": "mobile", "address": "+8613800138000"},
    ],
    "consents": [{"channel": "email", "purpose": "care", "granted": True, "proof": "secret form"}],
    "custom_attributes": {"note": "attribute"},
}
TRACES = ("Givenname", "Familyname", "Fullname", "1987", "address", "13800138000", "secret form", "attribute")


async def test_every_change_is_told_twice_as_facts_and_as_profile(api: CustomerApi) -> None:
    customer = await api.register(**PERSONAL)
    address = f"{CUSTOMERS}/{customer['customer_id']}"
    await api.change(customer, given_name="Another")
    await api.client.put(f"{address}/external-ids/pos/42")
    await api.client.put(f"{address}/consents/email/care", json={"granted": False})
    await api.client.delete(f"{address}/external-ids/pos/42")
    events = await api.published()
    assert [type(event.data) for event in events] == [CustomerRegistered, ProfileUpdated] + [
        CustomerChanged,
        ProfileUpdated,
    ] * 4
    assert {event.envelope.subject for event in events} == {customer["customer_id"]}
    assert {event.envelope.source for event in events} == {"rapport/customer"}
    assert {event.envelope.time for event in events} == {NOW}
    assert [event.data.version for event in events[::2]] == [1, 2, 3, 4, 5]  # type: ignore[attr-defined]


async def test_no_personal_data_is_on_the_open_topic(api: CustomerApi) -> None:
    customer = await api.register(**PERSONAL)
    await api.change(customer, given_name="Another Givenname")
    async with api.database.snapshot() as session:
        rows = (await session.execute(text("SELECT topic, headers, value FROM outbox"))).all()
    sent = {topic: [bytes(row.headers + row.value).decode(errors="replace") for row in rows if row.topic == topic]
            for topic in ("customer.events", "customer.profiles")}  # fmt: skip
    assert [len(records) for records in sent.values()] == [2, 2]
    assert [trace for trace in TRACES for record in sent["customer.events"] if trace in record] == []
    assert all(any(trace in record for record in sent["customer.profiles"]) for trace in TRACES[:3])


async def test_profile_is_the_whole_state(api: CustomerApi) -> None:
    customer = await api.register(**PERSONAL)
    profile = (await api.published())[1].data.model_dump(mode="json")
    shared_fields = set(profile) & set(customer)
    assert shared_fields >= {"display_name", "birthday", "contact_points", "consents", "language", "time_zone"}
    assert {name: profile[name] for name in shared_fields} == {name: customer[name] for name in shared_fields}
