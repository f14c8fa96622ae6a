"""Webhooks, web push and group bots: signatures as the receivers check them, and what each answer means."""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from datetime import UTC, datetime
from ipaddress import ip_network
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ec import (
    SECP256R1,
    derive_private_key,
    generate_private_key,
)
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from standardwebhooks.webhooks import Webhook

from services.notification.channels.bots import DINGTALK, FEISHU, WECOM, BotOptions, BotProvider, Dialect, Group
from services.notification.channels.guard import GuardedTransport, UnsafeAddress, is_outside
from services.notification.channels.port import Outgoing, SendResult, SendStatus
from services.notification.channels.web_push import WebPushOptions, WebPushProvider
from services.notification.channels.web_push_encryption import encrypt, unpadded
from services.notification.channels.webhook import WebhookOptions, WebhookProvider, endpoint_secret
from shared.contracts.common import Channel, Purpose

MESSAGE_ID = UUID("b526ddde-05d5-5d1e-82c5-78fc788b8f31")
HOOK = "https://hooks.customer.example/care"
Handler = Callable[[httpx.Request], httpx.Response]
UA_PUBLIC = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"
UA_AUTH = "BTBZMqHH6r4Tts7J_aSIgg"


def outgoing(channel: Channel, address: str) -> Outgoing:
    return Outgoing(
        message_id=MESSAGE_ID,
        channel=channel,
        address=address,
        name="Test Customer",
        language="zh-CN",
        purpose=Purpose.CARE,
        subject="谢谢",
        text="您好！",
        html="<p>您好！</p>",
        composed_at=datetime(2026, 3, 2, tzinfo=UTC),
        rule="purchase_thanks",
    )


class Recorder:
    """Answers what it is told to, and remembers what it was asked."""

    def __init__(self, status: int = 200, body: Any = None) -> None:
        self.requests: list[httpx.Request] = []
        self._answer = (status, body if isinstance(body, bytes) else json.dumps(body).encode())

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        status, body = self._answer
        return httpx.Response(status, content=body)


async def by_webhook(recorder: Handler, address: str = HOOK) -> SendResult:
    provider = WebhookProvider(WebhookOptions(name="hook", secret="ours", transport=httpx.MockTransport(recorder)))
    return await provider.send(outgoing(Channel.WEBHOOK, address))


async def test_webhook_is_signed_for_its_endpoint_alone() -> None:
    recorder = Recorder()
    assert (await by_webhook(recorder)).status is SendStatus.ACCEPTED
    (request,) = recorder.requests
    document = Webhook(endpoint_secret("ours", HOOK)).verify(request.content, dict(request.headers))
    assert (document["data"]["message_id"], request.headers["webhook-id"]) == (str(MESSAGE_ID), str(MESSAGE_ID))
    assert endpoint_secret("ours", HOOK) != endpoint_secret("ours", f"{HOOK}2")


@pytest.mark.parametrize(
    ("status", "meaning", "gone"),
    [
        (204, SendStatus.ACCEPTED, False),
        (302, SendStatus.DEFERRED, False),
        (404, SendStatus.DEFERRED, False),
        (410, SendStatus.REJECTED, True),
        (500, SendStatus.DEFERRED, False),
    ],
)
async def test_each_answer_of_an_endpoint_has_its_meaning(status: int, meaning: SendStatus, gone: bool) -> None:
    result = await by_webhook(Recorder(status))
    assert (result.status, result.address_gone) == (meaning, gone)


async def test_endpoint_that_is_away_holds_up_nobody_else_and_must_be_https() -> None:
    def away(_: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused")

    assert (await by_webhook(away)).status is SendStatus.DEFERRED
    recorder = Recorder()
    assert (await by_webhook(recorder, "http://hooks.customer.example")).status is SendStatus.REJECTED
    assert not recorder.requests


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",
        "224.0.0.1",
        "::1",
        "fe80::1",
        "fc00::1",
        "::ffff:127.0.0.1",
        "2002:7f00:0001::",
    ],
)
def test_addresses_inside_are_none_to_send_to(address: str) -> None:
    assert not is_outside(address, [])


def test_public_addresses_and_those_allowed_are() -> None:
    assert is_outside("93.184.216.34", [])
    assert is_outside("2606:2800:220:1::1", [])
    assert is_outside("10.1.2.3", [ip_network("10.1.0.0/16")])


@pytest.mark.parametrize("url", ["https://localhost/x", "https://127.0.0.1/x", "https://[::1]/x", "https://0x7f.1/x"])
async def test_nothing_is_sent_to_a_name_that_means_an_address_inside(url: str) -> None:
    async with httpx.AsyncClient(transport=GuardedTransport(concurrency=1)) as client:
        with pytest.raises((UnsafeAddress, httpx.ConnectError)):
            await client.post(url)


async def test_guarded_webhook_is_refused_for_good() -> None:
    provider = WebhookProvider(WebhookOptions(name="hook", secret="ours"))
    result = await provider.send(outgoing(Channel.WEBHOOK, "https://localhost:9/x"))
    await provider.close()
    assert (result.status, "inside" in result.detail) == (SendStatus.REJECTED, True)


def test_push_message_is_encrypted_as_the_standard_s_example() -> None:
    number = int.from_bytes(unpadded("yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"))
    body = encrypt(
        b"When I grow up, I want to be a watermelon",
        p256dh=UA_PUBLIC,
        auth=UA_AUTH,
        one_time_key=derive_private_key(number, SECP256R1()),
        salt=unpadded("DGv6ra1nlYgDCS1FRnbzlw"),
    )
    expected = (
        "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_"
        "yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
    )
    assert base64.urlsafe_b64encode(body).decode().rstrip("=") == expected


VAPID_KEY = generate_private_key(SECP256R1())
SUBSCRIPTION = json.dumps({"address": "https://push.example/abc", "p256dh": UA_PUBLIC, "auth": UA_AUTH})


async def by_push(recorder: Handler, address: str = SUBSCRIPTION) -> SendResult:
    pem = VAPID_KEY.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    provider = WebPushProvider(
        WebPushOptions(
            name="push", private_key=pem, contact="mailto:care@shop.example", transport=httpx.MockTransport(recorder)
        )
    )
    return await provider.send(outgoing(Channel.WEB_PUSH, address))


async def test_push_carries_a_token_for_the_push_service_and_a_topic_that_replaces_its_like() -> None:
    recorder = Recorder(201)
    assert (await by_push(recorder)).status is SendStatus.ACCEPTED
    (request,) = recorder.requests
    token = request.headers["authorization"].partition("t=")[2].partition(",")[0]
    claims = jwt.decode(token, VAPID_KEY.public_key(), algorithms=["ES256"], audience="https://push.example")
    assert claims["sub"] == "mailto:care@shop.example"
    assert (request.headers["topic"], request.headers["content-encoding"]) == (MESSAGE_ID.hex, "aes128gcm")


@pytest.mark.parametrize(
    ("status", "meaning", "gone"),
    [
        (404, SendStatus.REJECTED, True),
        (410, SendStatus.REJECTED, True),
        (403, SendStatus.REJECTED, False),
        (429, SendStatus.DEFERRED, False),
        (503, SendStatus.DEFERRED, False),
    ],
)
async def test_each_answer_of_a_push_service_has_its_meaning(status: int, meaning: SendStatus, gone: bool) -> None:
    result = await by_push(Recorder(status))
    assert (result.status, result.address_gone) == (meaning, gone)


@pytest.mark.parametrize(
    "address", ["https://push.example/abc", "[]", '{"address": "x", "p256dh": "AA", "auth": "AA"}']
)
async def test_subscription_without_keys_is_refused(address: str) -> None:
    assert (await by_push(Recorder(), address)).status is SendStatus.REJECTED


def bot(dialect: Dialect, recorder: Handler) -> BotProvider:
    groups = {"vip": Group(f"https://{dialect.host}/send?key=1", "SEC1")}
    return BotProvider(BotOptions(name="bot", dialect=dialect, groups=groups, transport=httpx.MockTransport(recorder)))


def dingtalk_holds(request: httpx.Request) -> bool:
    query = parse_qs(urlsplit(str(request.url)).query)
    text = f"{query['timestamp'][0]}\nSEC1".encode()
    return query["sign"] == [base64.b64encode(hmac.new(b"SEC1", text, hashlib.sha256).digest()).decode()]


def feishu_holds(request: httpx.Request) -> bool:
    document = json.loads(request.content)
    key = f"{document['timestamp']}\nSEC1".encode()
    return bool(document["sign"] == base64.b64encode(hmac.new(key, b"", hashlib.sha256).digest()).decode())


@pytest.mark.parametrize(
    ("dialect", "holds", "ok"),
    [
        (WECOM, lambda request: b"sign" not in request.content, {"errcode": 0}),
        (DINGTALK, dingtalk_holds, {"errcode": 0}),
        (FEISHU, feishu_holds, {"code": 0}),
    ],
)
async def test_each_bot_is_spoken_to_in_its_dialect(dialect: Dialect, holds: Any, ok: dict[str, int]) -> None:
    recorder = Recorder(200, ok)
    result = await bot(dialect, recorder).send(outgoing(Channel.WECOM, "vip"))
    assert result.status is SendStatus.ACCEPTED
    (request,) = recorder.requests
    assert holds(request)
    assert "谢谢\\n您好！" in request.content.decode()


@pytest.mark.parametrize(
    ("dialect", "answer", "meaning"),
    [
        (WECOM, {"errcode": 93000}, SendStatus.REJECTED),
        (WECOM, {"errcode": 45009}, SendStatus.DEFERRED),
        (DINGTALK, {"errcode": 310000}, SendStatus.REJECTED),
        (DINGTALK, {"errcode": 130101}, SendStatus.DEFERRED),
        (FEISHU, {"code": 19021}, SendStatus.REJECTED),
        (FEISHU, {"code": 11232}, SendStatus.DEFERRED),
        (FEISHU, b"<html>", SendStatus.UNCERTAIN),
        (WECOM, {"errcode": "none"}, SendStatus.UNCERTAIN),
    ],
)
async def test_each_verdict_of_a_bot_has_its_meaning(dialect: Dialect, answer: Any, meaning: SendStatus) -> None:
    assert (await bot(dialect, Recorder(200, answer)).send(outgoing(Channel.WECOM, "vip"))).status is meaning


async def test_bot_s_own_address_is_taken_at_its_platform_alone() -> None:
    recorder = Recorder(200, {"errcode": 0})
    provider = bot(WECOM, recorder)
    own = await provider.send(outgoing(Channel.WECOM, "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=2"))
    assert own.status is SendStatus.ACCEPTED
    for address in ("other", "https://elsewhere.example/send?key=1", "http://qyapi.weixin.qq.com/x"):
        assert (await provider.send(outgoing(Channel.WECOM, address))).status is SendStatus.REJECTED
    assert len(recorder.requests) == 1
