"""The main job, end to end: who buys is known, scored and thanked, and all of it can be looked up."""

from datetime import UTC, datetime
from email.message import EmailMessage
from typing import Any
from uuid import UUID

import pytest

from deploy.local.mailbox import stored_messages
from tests.support.eventually import eventually
from tests.support.running_platform import RunningPlatform

pytestmark = pytest.mark.asyncio(loop_scope="module")


def registration(external_id: str) -> dict[str, Any]:
    return {
        "kind": "person",
        "full_name": "Test Customer 1",
        "language": "en",
        "contact_points": [{"kind": "email", "address": address_of(external_id)}],
        "consents": [{"channel": "email", "purpose": purpose, "granted": True} for purpose in ("care", "service")],
        "external_ids": [{"source": "shop", "id": external_id}],
    }


def address_of(external_id: str) -> str:
    return f"customer-{external_id}@example.com"


def purchase(external_id: str, order_id: str) -> dict[str, Any]:
    return {
        "kind": "purchase",
        "source": "shop",
        "id": order_id,
        "customer": {"source": "shop", "external_id": external_id},
        "occurred_at": datetime.now(UTC).isoformat(),
        "order_id": order_id,
        "amount": {"amount": "29.33", "currency": "CNY"},
    }


async def scored(platform: RunningPlatform, customer_id: str) -> dict[str, Any]:
    async def score() -> dict[str, Any] | None:
        answer = await platform.client.get(f"{platform.stack.urls['scoring']}/v1/customers/{customer_id}/score")
        return answer.json() if answer.status_code == 200 else None

    found = await eventually(score, seconds=20)
    assert found is not None
    return found


async def mail_to(platform: RunningPlatform, external_id: str) -> EmailMessage:
    """The one mail to a customer, once it is there."""

    async def arrived() -> EmailMessage:
        stored = stored_messages(platform.stack.options.folder.mailbox)
        mails = [mail for mail in stored if address_of(external_id) in str(mail["To"])]
        assert len(mails) == 1, f"{len(mails)} mails to {address_of(external_id)}"
        return mails[0]

    return await eventually(arrived, seconds=20)


async def test_a_purchase_is_scored_and_thanked_for(platform: RunningPlatform) -> None:
    customer = await platform.post("customer", "/v1/customers", registration("0042"))
    recorded = await platform.post("interaction", "/v1/interactions", purchase("0042", "order-1"))

    score = await scored(platform, customer["customer_id"])
    assert UUID(score["customer_id"]) == UUID(customer["customer_id"])

    mail = await mail_to(platform, "0042")
    text = mail.get_body(("plain",))
    assert mail["Message-ID"]
    assert text is not None
    assert "29.33" in text.get_content()

    async def in_timeline() -> bool:
        timeline = await platform.get("interaction", f"/v1/customers/{customer['customer_id']}/timeline")
        return {entry["kind"] for entry in timeline["items"]} == {"purchase", "message"}

    assert await eventually(in_timeline)
    again = await platform.post("interaction", "/v1/interactions", purchase("0042", "order-1") | recorded_at(recorded))
    assert again["interaction_id"] == recorded["interaction_id"]


def recorded_at(recorded: dict[str, Any]) -> dict[str, Any]:
    """The same content is the same interaction; another instant would be a conflict."""
    return {"occurred_at": recorded["occurred_at"]}


async def test_a_purchase_that_arrives_before_its_customer_waits_and_is_then_scored_and_thanked_for(
    platform: RunningPlatform,
) -> None:
    waiting = await platform.post("interaction", "/v1/interactions", purchase("0043", "order-2"))
    assert waiting["state"] == "awaiting_customer"
    customer = await platform.post("customer", "/v1/customers", registration("0043"))
    assert await scored(platform, customer["customer_id"])
    assert await mail_to(platform, "0043")
    attached = await platform.get("interaction", f"/v1/interactions/{waiting['interaction_id']}")
    assert attached["customer_id"] == customer["customer_id"]
