"""A customer with a past in whichever service is under test: so that requests find more than what is not there."""

from collections.abc import Sequence
from uuid import uuid4

import httpx

from shared.contracts.envelope import EventData
from shared.contracts.inbound import InboundComplaint
from shared.messaging.broker import Broker
from tests.support.eventually import eventually
from tests.support.factories import notification, scoring
from tests.support.factories.customer import person_body
from tests.support.messaging import outgoing

CUSTOMER = uuid4()
_COMPLAINT = InboundComplaint.model_validate(
    {"customer": {"id": str(CUSTOMER)}, "case": "c-1", "severity": "high", "category": "delivery"}
)
_PAST: dict[str, Sequence[EventData]] = {
    "interaction": (scoring.customer_event(CUSTOMER).data, _COMPLAINT),
    "scoring": (scoring.customer_event(CUSTOMER).data, scoring.interaction_event(customer_id=CUSTOMER).data),
    "notification": (notification.profile_updated(CUSTOMER).data, notification.visit(CUSTOMER).data),
}
_SEEN_AT = {
    "interaction": f"/v1/complaints?customer_id={CUSTOMER}",
    "scoring": f"/v1/customers/{CUSTOMER}/score",
    "notification": f"/v1/decisions?customer_id={CUSTOMER}",
}


async def make_known(service: str, client: httpx.AsyncClient, broker: Broker) -> dict[str, str]:
    """What to put into a path's parameters, by name, so that it leads somewhere."""
    if service == "customer":
        answer = await client.post("/v1/customers", json=person_body())
        return {"customer_id": str(answer.raise_for_status().json()["customer_id"])}
    await broker.publish([outgoing(data) for data in _PAST[service]])

    async def seen() -> object:
        answer = await client.get(_SEEN_AT[service])
        return answer.is_success and answer.json().get("items", True)

    await eventually(seen, seconds=30)
    return {"customer_id": str(CUSTOMER), **await _listed(client, service)}


async def _listed(client: httpx.AsyncClient, service: str) -> dict[str, str]:
    """Ids of what the past has led to."""
    lists = {"interaction": ("/v1/complaints", "complaint_id"), "notification": ("/v1/messages", "message_id")}
    if service not in lists:
        return {}
    address, name = lists[service]
    items = (await client.get(address)).raise_for_status().json()["items"]
    return {name: items[0][name]} if items else {}
