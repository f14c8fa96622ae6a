"""Text messages: how they are counted, and the two providers against fakes that check what they are sent."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.notification.channels.port import Outgoing, Provider, SendResult, SendStatus
from services.notification.channels.sms.aliyun import AliyunOptions, AliyunProvider
from services.notification.channels.sms.aliyun_signature import canonical_query, signed_headers
from services.notification.channels.sms.segments import count_segments
from services.notification.channels.sms.twilio import TwilioOptions, TwilioProvider
from services.notification.channels.sms.twilio_signature import is_signed, signature_of
from shared.contracts.common import Channel, Purpose
from tests.support.sms_providers import ACCOUNT_SID, AUTH_TOKEN, KEY_ID, KEY_SECRET, FakeAliyun, FakeTwilio

MESSAGE_ID = UUID("b526ddde-05d5-5d1e-82c5-78fc788b8f31")
NONSENSE = httpx.Response(200, content=b"<html>It works!</html>")
HIDDEN_ERROR = httpx.Response(200, json={"error": "internal"})


def text_message(**changes: Any) -> Outgoing:
    values: dict[str, Any] = {
        "message_id": MESSAGE_ID,
        "channel": Channel.SMS,
        "address": "+8613800138000",
        "name": "Test Customer",
        "language": "zh-CN",
        "purpose": Purpose.CARE,
        "subject": "",
        "text": "感谢您的惠顾！",
        "html": "",
        "composed_at": datetime(2026, 3, 2, tzinfo=UTC),
        "rule": "purchase_thanks",
    }
    return Outgoing(**(values | changes))


async def sent(provider: Provider, **changes: Any) -> SendResult:
    result = await provider.send(text_message(**changes))
    await provider.close()
    return result


def aliyun(fake: Callable[[httpx.Request], httpx.Response], **options: Any) -> AliyunProvider:
    values: dict[str, Any] = {
        "name": "aliyun",
        "key_id": KEY_ID,
        "key_secret": KEY_SECRET,
        "signature": "测试商店",
        "templates": {"purchase_thanks": "SMS_1", "*": "SMS_2"},
        "transport": httpx.MockTransport(fake),
    }
    return AliyunProvider(AliyunOptions(**(values | options)))


def twilio(fake: Callable[[httpx.Request], httpx.Response], **options: Any) -> TwilioProvider:
    values: dict[str, Any] = {
        "name": "twilio",
        "account_sid": ACCOUNT_SID,
        "auth_token": AUTH_TOKEN,
        "sender": "+12025550123",
        "callback": "https://care.shop.example/v1/receipts/twilio/twilio",
        "transport": httpx.MockTransport(fake),
    }
    return TwilioProvider(TwilioOptions(**(values | options)))


@pytest.mark.parametrize(
    ("text", "segments"),
    [
        ("", 1),
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 306, 2),
        ("a" * 307, 3),
        ("€" * 80, 1),
        ("€" * 81, 2),
        ("a" * 152 + "€" + "a" * 152, 3),
        ("汉" * 70, 1),
        ("汉" * 71, 2),
        ("汉" * 134, 2),
        ("汉" * 135, 3),
        ("a" * 70 + "汉", 2),
        ("🎂" * 35, 1),
        ("🎂" * 36, 2),
        ("a`", 1),
        ("`" * 71, 2),
    ],
)
def test_segments_are_counted_as_providers_charge_them(text: str, segments: int) -> None:
    assert count_segments(text) == segments


@settings(deadline=None, max_examples=50)
@given(st.text(max_size=400), st.text(max_size=50))
def test_more_text_never_takes_fewer_segments(text: str, more: str) -> None:
    assert 1 <= count_segments(text) <= count_segments(text + more)


def test_signature_is_the_one_alibaba_cloud_publishes_for_its_example() -> None:
    query = {"ImageId": "win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd", "RegionId": "cn-shanghai"}
    headers = signed_headers(
        host="ecs.cn-shanghai.aliyuncs.com",
        action="RunInstances",
        version="2014-05-26",
        query=canonical_query(query),
        key_id="YourAccessKeyId",
        key_secret="YourAccessKeySecret",
        nonce="3156853299f313e23d1673dc12e1703d",
        at=datetime(2023, 10, 26, 10, 22, 32, tzinfo=UTC),
    )
    expected = "06563a9e1b43f5dfe96b81484da74bceab24a1d853912eee15083a6f0f3283c0"
    assert headers["Authorization"].endswith(f"Signature={expected}")


def test_callback_signature_is_the_one_twilio_publishes_for_its_example() -> None:
    url = "https://mycompany.com/myapp.php?foo=1&bar=2"
    form = [
        ("Digits", "1234"),
        ("To", "+18005551212"),
        ("From", "+12349013030"),
        ("Caller", "+12349013030"),
        ("CallSid", "CA1234567890ABCDE"),
    ]
    assert signature_of(url, form, "12345") == "0/KCTR6DLpKmkAf8muzZqo1nDgQ="
    assert is_signed(url, form, "12345", signature_of(url, form, "12345"))
    assert not is_signed(url, [*form, ("Extra", "1")], "12345", signature_of(url, form, "12345"))
    assert not is_signed(url, form, "12345", "ü")


async def test_aliyun_is_sent_a_signed_request_that_fills_the_rule_s_template() -> None:
    fake = FakeAliyun()
    result = await sent(aliyun(fake))
    assert (result.status, result.reference, result.units) == (SendStatus.ACCEPTED, "biz-1", 1)
    (accepted,) = fake.accepted
    assert accepted["PhoneNumbers"] == "13800138000"
    assert accepted["OutId"] == str(MESSAGE_ID)
    assert (accepted["SignName"], accepted["TemplateCode"]) == ("测试商店", "SMS_1")
    assert json.loads(accepted["TemplateParam"]) == {"content": "感谢您的惠顾！"}


async def test_aliyun_refuses_another_secret_and_so_another_provider_is_tried() -> None:
    assert (await sent(aliyun(FakeAliyun(), key_secret="wrong"))).status is SendStatus.UNREACHABLE


async def test_rule_without_a_template_of_its_own_takes_the_common_one_or_is_refused() -> None:
    fake = FakeAliyun()
    await sent(aliyun(fake), rule="birthday")
    assert [one["TemplateCode"] for one in fake.accepted] == ["SMS_2"]
    refused = await sent(aliyun(fake, templates={"purchase_thanks": "SMS_1"}), rule="birthday")
    assert (refused.status, "birthday" in refused.detail) == (SendStatus.REJECTED, True)


@pytest.mark.parametrize(
    ("fake", "status"),
    [
        (FakeAliyun("isv.MOBILE_NUMBER_ILLEGAL"), SendStatus.REJECTED),
        (FakeAliyun("isv.BUSINESS_LIMIT_CONTROL"), SendStatus.DEFERRED),
        (FakeAliyun("isv.AMOUNT_NOT_ENOUGH"), SendStatus.UNREACHABLE),
        (FakeAliyun("isv.SMS_TEMPLATE_ILLEGAL"), SendStatus.UNREACHABLE),
        (FakeAliyun("Throttling.User"), SendStatus.UNREACHABLE),
        (FakeAliyun("isp.SYSTEM_ERROR"), SendStatus.UNCERTAIN),
        (FakeAliyun(answer=NONSENSE), SendStatus.UNCERTAIN),
        (FakeAliyun(answer=HIDDEN_ERROR), SendStatus.UNCERTAIN),
        (FakeAliyun(answer=httpx.Response(503)), SendStatus.UNREACHABLE),
        (FakeAliyun(answer=httpx.Response(500, json={"Code": "InternalError"})), SendStatus.UNCERTAIN),
    ],
)
async def test_each_of_aliyun_s_answers_has_its_meaning(fake: FakeAliyun, status: SendStatus) -> None:
    assert (await sent(aliyun(fake))).status is status


async def test_twilio_is_sent_the_text_and_told_where_to_report() -> None:
    fake = FakeTwilio()
    result = await sent(twilio(fake, signature="Test Shop"), address="+12025550199")
    assert (result.status, result.reference, result.units) == (SendStatus.ACCEPTED, "SM1", 2)
    assert fake.accepted == [
        {
            "To": "+12025550199",
            "From": "+12025550123",
            "Body": "【Test Shop】感谢您的惠顾！",
            "StatusCallback": f"https://care.shop.example/v1/receipts/twilio/twilio?message_id={MESSAGE_ID}",
        }
    ]
    await sent(twilio(fake, sender="MG0123"))
    assert fake.accepted[1]["MessagingServiceSid"] == "MG0123"


@pytest.mark.parametrize(
    ("fake", "status"),
    [
        (FakeTwilio(code=21211), SendStatus.REJECTED),
        (FakeTwilio(code=21610), SendStatus.REJECTED),
        (FakeTwilio(code=21611), SendStatus.DEFERRED),
        (FakeTwilio(code=21606), SendStatus.UNREACHABLE),
        (FakeTwilio(answer=NONSENSE), SendStatus.UNCERTAIN),
        (FakeTwilio(answer=HIDDEN_ERROR), SendStatus.UNCERTAIN),
        (FakeTwilio(answer=httpx.Response(429)), SendStatus.UNREACHABLE),
        (FakeTwilio(answer=httpx.Response(500)), SendStatus.UNCERTAIN),
    ],
)
async def test_each_of_twilio_s_answers_has_its_meaning(fake: FakeTwilio, status: SendStatus) -> None:
    assert (await sent(twilio(fake))).status is status


async def test_twilio_refuses_another_token_and_so_another_provider_is_tried() -> None:
    assert (await sent(twilio(FakeTwilio(), auth_token="wrong"))).status is SendStatus.UNREACHABLE


@pytest.mark.parametrize(
    "changes", [{"address": "15900159000"}, {"address": "+4412"}, {"text": " "}, {"text": "长" * 500}]
)
async def test_what_cannot_be_a_text_message_is_refused_before_it_costs_anything(changes: dict[str, str]) -> None:
    aliyun_fake, twilio_fake = FakeAliyun(), FakeTwilio()
    for provider in (aliyun(aliyun_fake), twilio(twilio_fake)):
        result = await sent(provider, **changes)
        assert result.status is SendStatus.REJECTED
        assert changes.get("address", "15900159000") not in result.detail
    assert not aliyun_fake.accepted + twilio_fake.accepted
