"""What mails carry: documents as they were uploaded, and a coupon of its own for each message, once."""

import asyncio
from email import message_from_bytes
from email.policy import default
from typing import Any
from uuid import uuid4

import httpx

from services.notification.app import smtp_options
from services.notification.channels.mime import compose
from services.notification.channels.port import Outgoing, SendResult, SendStatus
from services.notification.offers.use_cases import give_codes
from tests.support.factories.notification import NOON, profile_updated, visit
from tests.support.notification_service import NotificationService
from tests.support.smtp import ScriptedChannel, answering

PDF = b"%PDF-1.7 an example"
WORDS: dict[str, Any] = {
    "language": "en",
    "subject": "A coupon for you",
    "text": "Your code: {{ coupon }}",
    "html": "<p>Your code: {{ coupon }}</p>",
    "reason": "a test",
    "coupon_list": "spring",
}


async def upload(service: NotificationService, content: bytes = PDF, media_type: str = "application/pdf") -> Any:
    return await service.client.post("/v1/documents", content=content, headers={"Content-Type": media_type})


async def add_codes(service: NotificationService, *codes: str) -> httpx.Response:
    return await service.client.post("/v1/coupon-lists/spring/codes", json={"codes": list(codes)})


async def put_in_force(service: NotificationService, **words: Any) -> None:
    written = await service.client.post("/v1/templates/visit_thanks/versions", json=WORDS | words)
    assert written.status_code == 201, written.text
    wanted = {"language": "en", "version": written.json()["version"], "reason": "a test"}
    activated = await service.client.post("/v1/templates/visit_thanks/activations", json=wanted)
    assert activated.status_code == 201, activated.text


def mail_of(service: NotificationService, message: Outgoing) -> Any:
    options = smtp_options(service.platform.settings)
    composed = compose(message, sender=options.sender, message_id_domain="rapport.example", unsubscribe=None)
    return message_from_bytes(composed, policy=default)


async def test_mail_carries_the_document_and_a_code_of_its_own_and_so_does_its_copy(
    service: NotificationService,
) -> None:
    stored = await upload(service)
    digest = stored.json()["digest"]
    assert (stored.status_code, (await upload(service)).json()["digest"]) == (201, digest)
    await add_codes(service, "ONE", "TWO")
    await put_in_force(service, attachments=[{"document": digest, "name": "优惠.pdf"}])
    customer_id = uuid4()
    await service.handle(profile_updated(customer_id))
    await service.handle(visit(customer_id))
    channel = ScriptedChannel(answering(SendResult(SendStatus.UNCERTAIN, "no answer")))
    await service.deliver(channel)
    first, copy = channel.emails
    assert first == copy
    assert (first.text, [(one.name, one.content) for one in first.attachments]) == (
        "Your code: ONE",
        [("优惠.pdf", PDF)],
    )
    mail = mail_of(service, first)
    (attached,) = mail.iter_attachments()
    assert (attached.get_content_type(), attached.get_filename(), attached.get_content()) == (
        "application/pdf",
        "优惠.pdf",
        PDF,
    )
    assert mail.get_body(("plain",)).get_content().strip() == "Your code: ONE"
    assert await service.get("/v1/coupon-lists/spring") == {"name": "spring", "free": 1, "given": 1}
    (listed,) = (await service.get("/v1/messages", customer_id=customer_id))["items"]
    read = await service.get(f"/v1/messages/{listed['message_id']}")
    assert read["attachments"] == [{"document": digest, "name": "优惠.pdf"}]
    fetched = await service.client.get(f"/v1/documents/{digest}")
    assert (fetched.content, fetched.headers["Content-Type"]) == (PDF, "application/pdf")


async def test_message_that_finds_no_code_is_not_sent_and_says_so(service: NotificationService) -> None:
    await add_codes(service, "ONE")
    await put_in_force(service)
    customers = [uuid4(), uuid4()]
    await service.handle(*map(profile_updated, customers))
    await service.handle(*map(visit, customers))
    channel = ScriptedChannel()
    await service.deliver(channel)
    assert [one.text for one in channel.emails] == ["Your code: ONE"]
    (refused,) = (await service.get("/v1/decisions", reason="no_coupon"))["items"]
    assert refused["explanation"] == {
        "en": "Not sent by visit_thanks: no code was left on its list of coupons.",
        "zh-CN": "规则 visit_thanks 未发送：优惠码已发完。",
    }


async def test_who_does_not_want_to_be_written_to_takes_no_code(service: NotificationService) -> None:
    await add_codes(service, "ONE")
    await put_in_force(service)
    customer_id = uuid4()
    await service.handle(profile_updated(customer_id))
    await service.handle(visit(customer_id))
    await service.handle(profile_updated(customer_id, version=2, consents=()))
    await service.deliver(ScriptedChannel())
    assert (await service.get("/v1/coupon-lists"))[0]["free"] == 1


async def test_racing_workers_give_each_code_once(service: NotificationService) -> None:
    await add_codes(service, *(f"CODE-{number}" for number in range(8)))

    async def give() -> dict[Any, str]:
        async with service.database.transaction() as session:
            return await give_codes(session, {uuid4(): "spring" for _ in range(3)}, now=NOON)

    given = [code for codes in await asyncio.gather(*(give() for _ in range(4))) for code in codes.values()]
    assert sorted(given) == [f"CODE-{number}" for number in range(8)]
    again = await add_codes(service, "CODE-1", "CODE-9")
    assert again.json() == {"name": "spring", "free": 1, "given": 8, "added": 1}


async def test_what_is_not_there_cannot_be_named(service: NotificationService) -> None:
    async def refused(**words: Any) -> tuple[int, str, str]:
        answer = await service.client.post("/v1/templates/visit_thanks/versions", json=WORDS | words)
        return answer.status_code, answer.json()["code"], answer.json()["errors"][0]["field"]

    assert await refused() == (422, "coupon_list_unknown", "coupon_list")
    missing = {"document": "0" * 64, "name": "a.pdf"}
    assert await refused(coupon_list=None, text="x", html="x", attachments=[missing]) == (
        422,
        "document_unknown",
        "attachments[0].document",
    )
    nowhere = await service.client.get(f"/v1/documents/{'0' * 64}")
    assert (nowhere.status_code, nowhere.json()["code"]) == (404, "document_unknown")
    assert (await upload(service, b"<html>", "text/html")).json()["code"] == "document_type_refused"
