"""What notification reports of customers: their own decisions become consents, dead addresses are marked; once each."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from services.customer.app import report_consumer
from shared.contracts.common import Channel, Purpose
from shared.contracts.customer import ProfileUpdated
from shared.contracts.envelope import Envelope, Event, EventData
from shared.contracts.notification import (
    ContactPointReported,
    PreferenceDecision,
    PreferencesChanged,
    PreferenceWay,
    contact_point_check,
)
from tests.support.customer_api import CUSTOMERS, CustomerApi
from tests.support.factories.customer import NOW


def event_of(data: EventData, customer_id: UUID) -> Event[Any]:
    envelope = Envelope(
        id=str(uuid4()), source="rapport/notification", type=data.event_type, time=NOW, subject=str(customer_id)
    )
    return Event(envelope, data)


def changed(customer_id: UUID, granted: bool = False, **more: Any) -> Event[Any]:
    decision = PreferenceDecision(channel=Channel.EMAIL, purpose=Purpose.CARE, granted=granted)
    values: dict[str, Any] = {"change_id": uuid4(), "way": PreferenceWay.PAGE, "decisions": (decision,), "at": NOW}
    return event_of(PreferencesChanged(customer_id=customer_id, **(values | more)), customer_id)


def reported(customer_id: UUID, address: str | None, reason: str = "bounced") -> Event[Any]:
    data = ContactPointReported(
        customer_id=customer_id,
        channel=Channel.EMAIL,
        reason=reason,
        message_id=uuid4(),
        check=contact_point_check(customer_id, address) if address else None,
        at=NOW,
    )
    return event_of(data, customer_id)


async def tell(api: CustomerApi, *events: Event[Any]) -> None:
    async with api.platform.database.transaction() as session:
        await report_consumer(api.platform).on_reports(session, events)


async def consents_of(api: CustomerApi, customer_id: UUID) -> list[tuple[str, str, bool]]:
    customer = await api.read(str(customer_id))
    return [(one["channel"], one["purpose"], one["granted"]) for one in customer["consents"]]


async def test_own_decision_becomes_a_consent_once_with_its_proof(api: CustomerApi) -> None:
    customer = await api.register(consents=[])
    customer_id = UUID(customer["customer_id"])
    told = changed(customer_id)
    await api.forget_published()
    for _ in range(2):
        await tell(api, told)
    assert await consents_of(api, customer_id) == [("email", "care", False)]
    profile = (await api.published())[-1].data
    assert isinstance(profile, ProfileUpdated)
    assert profile.version == customer["version"] + 1
    history = (await api.client.get(f"{CUSTOMERS}/{customer_id}/consents/history")).json()["items"]
    assert [(one["recorded_by"], one["proof"]) for one in history] == [
        ("rapport/notification", f"preferences, by page: {told.data.change_id}")
    ]


async def test_latest_word_stands_whatever_the_order(api: CustomerApi) -> None:
    customer_id = UUID((await api.register(consents=[]))["customer_id"])
    await tell(api, changed(customer_id, True, at=NOW), changed(customer_id, at=NOW - timedelta(hours=1)))
    assert await consents_of(api, customer_id) == [("email", "care", True)]
    # A clock elsewhere that is an hour ahead must not lose what the customer said.
    await tell(api, changed(customer_id, at=NOW + timedelta(hours=1)))
    assert await consents_of(api, customer_id) == [("email", "care", False)]


async def test_dead_address_is_marked_and_told(api: CustomerApi) -> None:
    points = [{"kind": "email", "address": f"{name}@example.com"} for name in ("first", "second", "third")]
    customer_id = UUID((await api.register(contact_points=points))["customer_id"])
    await tell(
        api,
        reported(customer_id, "second@example.com"),
        reported(customer_id, "third@example.com", "complained"),
        reported(customer_id, "former@example.com"),
        reported(customer_id, None),
        reported(customer_id, "first@example.com", "unheard of"),
        reported(uuid4(), "first@example.com"),
    )
    customer = await api.read(str(customer_id))
    assert [point["state"] for point in customer["contact_points"]] == ["unverified", "bounced", "opted_out"]
    profile = (await api.published())[-1].data
    assert isinstance(profile, ProfileUpdated)
    assert profile.contact_points[1].state == "bounced"
