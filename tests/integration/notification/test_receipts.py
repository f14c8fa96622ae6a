"""What is reported of messages after they were sent: by mail, by callbacks, and what follows from it."""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from uuid import UUID, uuid4

import httpx
import pytest
from standardwebhooks.webhooks import Webhook

from deploy.local.mailbox import store
from services.notification.channels.port import SendResult, SendStatus
from services.notification.channels.signing import signed_headers
from services.notification.channels.sms.twilio_signature import signature_of
from services.notification.messages.lifecycle import DeliveryLimits, UncertainPolicy
from services.notification.receipts.jobs import ReportMailbox
from shared.contracts.notification import ContactPointReported, MessageReceiptRecorded, MessageSent
from tests.support.eventually import eventually
from tests.support.factories.notification import profile_updated, purchase, visit
from tests.support.mail_reports import bounce, complaint
from tests.support.notification_service import NotificationService, open_notification_service
from tests.support.postgres import DatabaseFactory
from tests.support.smtp import ScriptedChannel, answering

PUBLIC = "https://care.shop.example"
GATEWAY_SECRET = "whsec_dGVzdC1vbmx5LXNlY3JldC1vZi10aGUtZ2F0ZXdheQ=="
DOCUMENT = {
    "providers": {
        "twilio": {"kind": "twilio", "account_sid": "AC1", "auth_token": "T_TOKEN", "sender": "+12025550123"},
        "aliyun": {
            "kind": "aliyun_sms",
            "access_key_id": "id",
            "access_key_secret": "T_KEY",
            "signature": "shop",
            "templates": {"*": "SMS_1"},
            "report_token": "T_REPORTS",
        },
        "gateway": {"kind": "gateway", "url": "http://127.0.0.1:1/messages", "secret": "T_GATEWAY"},
    },
    "channels": {"email": ["smtp"], "sms": ["aliyun", "twilio"], "wecom": ["gateway"]},
}


@pytest.fixture
async def service(
    database_factory: DatabaseFactory, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[NotificationService]:
    secrets = {"T_TOKEN": "12345", "T_KEY": "key", "T_REPORTS": "agreed", "T_GATEWAY": GATEWAY_SECRET}
    for name, value in secrets.items():
        monkeypatch.setenv(name, value)
    file = tmp_path / "providers.json"
    file.write_text(json.dumps(DOCUMENT))
    dsn = await database_factory("notification")
    async with open_notification_service(dsn, tmp_path, providers_file=file, public_url=PUBLIC) as opened:
        yield opened


async def sent_message(service: NotificationService, *results: SendResult, **options: Any) -> tuple[UUID, UUID]:
    customer_id = uuid4()
    await service.handle(profile_updated(customer_id))
    await service.handle(purchase(customer_id))
    await service.deliver(ScriptedChannel(answering(*results)), **options)
    (row,) = await service.messages(customer_id)
    return customer_id, row["message_id"]


async def report_by_mail(service: NotificationService, content: bytes) -> int:
    answer = await service.client.post("/v1/receipts/mail", content=content, headers={"Content-Type": "message/rfc822"})
    assert answer.status_code == 200, answer.text
    return int(answer.json()["taken"])


async def test_bounce_marks_the_message_and_ends_sending_to_its_address(service: NotificationService) -> None:
    customer_id, message_id = await sent_message(service)
    for _ in range(2):
        assert await report_by_mail(service, bounce(message_id)) == 1
    seen = await service.get(f"/v1/messages/{message_id}")
    assert (seen["state"], seen["receipt"], len(seen["receipts"])) == ("sent", "bounced", 1)
    told = [event.data for event in await service.published()]
    assert [type(data) for data in told] == [MessageSent, MessageReceiptRecorded, ContactPointReported]
    (listed,) = (await service.get("/v1/suppressions"))["items"]
    assert (listed["address"], listed["reason"], listed["source"]) == ("customer@example.com", "bounced", "mail")
    await service.handle(visit(customer_id))
    assert [row["channel"] for row in await service.messages(customer_id)] == ["email", "inbox"]
    # Somebody found out that the address works after all.
    gone = await service.client.delete(f"/v1/suppressions/{listed['suppression_id']}")
    assert gone.status_code == 204
    await service.handle(visit(customer_id))
    assert len(await service.messages(customer_id)) == 3


async def test_planned_message_is_not_sent_to_an_address_that_bounced_meanwhile(service: NotificationService) -> None:
    customer_id, message_id = await sent_message(service)
    await service.handle(visit(customer_id))
    await report_by_mail(service, complaint(message_id))
    channel = ScriptedChannel()
    await service.deliver(channel)
    assert channel.emails == []
    decisions = await service.decisions(customer_id)
    assert "address_suppressed" in {row["reason"] for row in decisions}


async def test_report_settles_what_was_uncertain(service: NotificationService) -> None:
    hold = DeliveryLimits(uncertain=UncertainPolicy.HOLD)
    lost = SendResult(SendStatus.UNCERTAIN, "connection lost")
    customer_id, message_id = await sent_message(service, lost, limits=hold)
    assert (await service.messages(customer_id))[0]["state"] == "uncertain"
    await report_by_mail(service, bounce(message_id, action="delivered", status="2.0.0"))
    assert (await service.messages(customer_id))[0]["state"] == "sent"
    told = [type(event.data) for event in await service.published()]
    assert told == [MessageSent, MessageReceiptRecorded]


async def test_mail_that_concerns_nobody_is_taken_for_nothing(service: NotificationService) -> None:
    assert await report_by_mail(service, b"Subject: hello\r\n\r\nHello") == 0
    assert await report_by_mail(service, bounce(UUID("b526ddde-05d5-5d1e-82c5-78fc788b8f31"))) == 0
    empty = await service.client.post("/v1/receipts/mail", content=b" ")
    assert (empty.status_code, empty.json()["code"]) == (422, "report_invalid")


async def test_mailbox_of_reports_is_read_and_filed(service: NotificationService, tmp_path: Path) -> None:
    _, message_id = await sent_message(service)
    folder = tmp_path / "reports"
    for part in ("tmp", "new"):
        (folder / part).mkdir(parents=True)
    store(folder, bounce(message_id))
    store(folder, b"Subject: out of office\r\n\r\nAway.")
    stop = asyncio.Event()
    reader = asyncio.create_task(ReportMailbox(folder, service.database, service.desk).run(stop))

    async def all_filed() -> bool:
        return len(list(folder.glob("cur/*"))) == 2

    await eventually(all_filed)
    stop.set()
    await reader
    assert await service.scalar("SELECT receipt FROM messages") == "bounced"


async def post_form(service: NotificationService, query: str, form: dict[str, str], token: str) -> httpx.Response:
    url = f"{PUBLIC}/v1/receipts/twilio/twilio?{query}"
    headers = {
        "X-Twilio-Signature": signature_of(url, list(form.items()), token),
        "Content-Type": "application/x-www-form-urlencoded",
        "Authorization": "",
    }
    return await service.client.post(
        f"/v1/receipts/twilio/twilio?{query}", content=urlencode(form).encode(), headers=headers
    )


async def test_twilio_s_callback_counts_only_with_its_signature(service: NotificationService) -> None:
    _, message_id = await sent_message(service, SendResult(SendStatus.ACCEPTED, reference="SM1"))
    async with service.database.transaction() as session:
        connection = await session.connection()
        await connection.exec_driver_sql("UPDATE messages SET provider = 'twilio', channel = 'sms'")
    form = {"MessageSid": "SM1", "MessageStatus": "undelivered", "ErrorCode": "30005", "To": "+8613800138000"}
    forged = await post_form(service, f"message_id={message_id}", form, "wrong")
    assert (forged.status_code, forged.json()["code"]) == (401, "report_unsigned")
    answer = await post_form(service, f"message_id={message_id}", form, "12345")
    assert (answer.status_code, answer.json()["taken"]) == (200, 1)
    assert await service.scalar("SELECT receipt FROM messages") == "bounced"


async def test_aliyun_s_reports_count_only_with_the_token(service: NotificationService) -> None:
    _, message_id = await sent_message(service)
    body = [{"out_id": str(message_id), "biz_id": "b", "success": True, "err_code": "DELIVERED"}, {"other": 1}, 7]
    address = "/v1/receipts/aliyun/aliyun"
    assert (await service.client.post(f"{address}?token=guess", json=body)).status_code == 401
    answer = await service.client.post(f"{address}?token=agreed", json=body)
    assert (answer.json()["code"], answer.json()["taken"]) == (0, 1)
    assert await service.scalar("SELECT receipt FROM messages") == "delivered"
    for nonsense in (b"<html>", b"{}", b"[" * 5000):
        refused = await service.client.post(f"{address}?token=agreed", content=nonsense)
        assert (refused.status_code, refused.json()["code"]) == (422, "report_invalid")
    assert (await service.client.post("/v1/receipts/aliyun/twilio?token=agreed", json=body)).status_code == 404


async def test_gateway_s_report_counts_only_with_its_signature(service: NotificationService) -> None:
    _, message_id = await sent_message(service)
    body = json.dumps({"message_id": str(message_id), "receipt": "delivered"}).encode()
    headers = signed_headers(Webhook(GATEWAY_SECRET), "r-1", body, datetime.now(UTC))
    refused = await service.client.post("/v1/receipts/gateway/gateway", content=body)
    assert refused.status_code == 401
    answer = await service.client.post("/v1/receipts/gateway/gateway", content=body, headers=headers)
    assert answer.json()["taken"] == 1
    assert await service.scalar("SELECT receipt FROM messages") == "delivered"


async def test_address_listed_by_hand_is_not_written_to(service: NotificationService) -> None:
    wanted = {"channel": "email", "address": "Customer@Example.com", "reason": "requested", "note": "called us"}
    for _ in range(2):
        assert (await service.client.post("/v1/suppressions", json=wanted)).status_code == 204
    found = await service.get("/v1/suppressions", address="customer@example.com", channel="email")
    assert [(one["address"], one["reason"]) for one in found["items"]] == [("customer@example.com", "requested")]
    customer_id = uuid4()
    await service.handle(profile_updated(customer_id))
    await service.handle(purchase(customer_id))
    assert [row["channel"] for row in await service.messages(customer_id)] == ["inbox"]
    missing = await service.client.delete(f"/v1/suppressions/{uuid4()}")
    assert (missing.status_code, missing.json()["code"]) == (404, "suppression_not_found")
