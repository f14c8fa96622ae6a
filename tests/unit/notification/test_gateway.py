"""The message gateway's answers, and every way in which one can be nonsense."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
from standardwebhooks.webhooks import Webhook

from services.notification.channels.gateway import GatewayOptions, GatewayProvider
from services.notification.channels.port import Outgoing, SendResult, SendStatus
from shared.contracts.common import Channel, Purpose

SECRET = "whsec_dGVzdC1vbmx5LXNlY3JldC1vZi10aGUtZ2F0ZXdheQ=="
MESSAGE_ID = UUID("b526ddde-05d5-5d1e-82c5-78fc788b8f31")
MESSAGE = Outgoing(
    message_id=MESSAGE_ID,
    channel=Channel.SMS,
    address="+8613800138000",
    name="Test Customer",
    language="zh-CN",
    purpose=Purpose.CARE,
    subject="谢谢",
    text="您好！",
    html="",
    composed_at=datetime(2026, 3, 2, tzinfo=UTC),
)
Handler = Callable[[httpx.Request], httpx.Response]


async def sent(handler: Handler) -> SendResult:
    provider = GatewayProvider(
        GatewayOptions(
            name="gateway",
            url="https://gateway.example/messages",
            secret=SECRET,
            transport=httpx.MockTransport(handler),
        )
    )
    result = await provider.send(MESSAGE)
    await provider.close()
    return result


def answering(status: int, body: Any = None, **headers: str) -> Handler:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return lambda _: httpx.Response(status, content=content, headers=headers)


async def test_request_carries_key_and_a_signature_that_holds() -> None:
    seen: list[httpx.Request] = []

    def accept(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(202, json={"id": "gw-1", "units": 2})

    result = await sent(accept)
    assert (result.status, result.reference, result.units) == (SendStatus.ACCEPTED, "gw-1", 2)
    (request,) = seen
    assert request.headers["idempotency-key"] == str(MESSAGE_ID)
    document = Webhook(SECRET).verify(request.content, dict(request.headers))
    assert (document["id"], document["channel"], document["to"]) == (str(MESSAGE_ID), "sms", MESSAGE.address)
    assert document["text"] == "您好！"


@pytest.mark.parametrize(
    ("handler", "status"),
    [
        (answering(202, {"id": "x"}), SendStatus.ACCEPTED),
        (answering(200, b"<html>Welcome to nginx</html>"), SendStatus.UNCERTAIN),
        (answering(200, {"error": "no"}), SendStatus.UNCERTAIN),
        (answering(200, ["id"]), SendStatus.UNCERTAIN),
        (answering(204, b""), SendStatus.UNCERTAIN),
        (answering(302, b"", location="https://elsewhere.example"), SendStatus.UNREACHABLE),
        (answering(400, {}), SendStatus.REJECTED),
        (answering(401, {}), SendStatus.UNREACHABLE),
        (answering(404, b"<html>"), SendStatus.UNREACHABLE),
        (answering(409, {}), SendStatus.UNCERTAIN),
        (answering(422, {}), SendStatus.REJECTED),
        (answering(429, {}), SendStatus.UNREACHABLE),
        (answering(500, b"<html>"), SendStatus.UNCERTAIN),
        (answering(502, b"<html>"), SendStatus.UNCERTAIN),
        (answering(503, {}), SendStatus.UNREACHABLE),
        (answering(202, b'{"id": "x", "pad": "' + b"x" * 100_000), SendStatus.UNCERTAIN),
    ],
)
async def test_each_answer_has_its_meaning(handler: Handler, status: SendStatus) -> None:
    result = await sent(handler)
    assert result.status is status
    assert len(result.detail) <= 500


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (httpx.ConnectError("refused"), SendStatus.UNREACHABLE),
        (httpx.ConnectTimeout("too slow"), SendStatus.UNREACHABLE),
        (httpx.ReadTimeout("too slow"), SendStatus.UNCERTAIN),
        (httpx.ReadError("reset"), SendStatus.UNCERTAIN),
        (httpx.RemoteProtocolError("hung up"), SendStatus.UNCERTAIN),
        (httpx.WriteError("reset"), SendStatus.UNCERTAIN),
    ],
)
async def test_silence_is_uncertain_once_anything_was_said(error: Exception, status: SendStatus) -> None:
    def fail(_: httpx.Request) -> httpx.Response:
        raise error

    assert (await sent(fail)).status is status


async def test_a_wish_to_be_left_alone_is_heard_within_bounds() -> None:
    assert (await sent(answering(429, {}, **{"retry-after": "7"}))).retry_after == timedelta(seconds=7)
    assert (await sent(answering(503, {}, **{"retry-after": "99999999"}))).retry_after == timedelta(minutes=15)
    assert (await sent(answering(503, {}, **{"retry-after": "tomorrow"}))).retry_after is None


async def test_addresses_are_not_repeated_in_what_is_recorded() -> None:
    result = await sent(answering(422, {"title": "+8613800138000 and a.b@example.com are unknown"}))
    assert "13800138000" not in result.detail
    assert "example.com" not in result.detail
