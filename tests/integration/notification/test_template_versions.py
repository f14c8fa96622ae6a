"""Templates as versions: drafted, checked, put in force at once for every process, gone back to, and tried."""

from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest

from services.notification.app import create_desk
from services.notification.channels.port import SendResult, SendStatus
from services.notification.channels.registry import serving
from services.notification.templates.jobs import TrialSender
from services.notification.templates.use_cases import MOST_TRIALS
from shared.contracts.common import Channel
from tests.support.factories.notification import profile_updated, purchase, visit
from tests.support.notification_service import NotificationService
from tests.support.smtp import ScriptedChannel, answering

THANKS = "/v1/templates/purchase_thanks"
WORDS = {
    "language": "en",
    "subject": "Thanks ({{ order_id }})",
    "text": "Hello {{ customer.name }}, {{ amount }}.",
    "html": "<p>Hello {{ customer.name }}</p>",
    "reason": "shorter",
}


async def write(service: NotificationService, **changes: Any) -> httpx.Response:
    return await service.client.post(f"{THANKS}/versions", json=WORDS | changes)


async def activate(service: NotificationService, version: int, **changes: Any) -> httpx.Response:
    wanted = {"language": "en", "version": version, "reason": "reviewed"} | changes
    return await service.client.post(f"{THANKS}/activations", json=wanted)


async def sent(service: NotificationService) -> str:
    """The text of a message composed by a worker of its own, which learns of versions by the database alone."""
    customer_id = uuid4()
    await service.handle(profile_updated(customer_id))
    await service.handle(purchase(customer_id))
    channel = ScriptedChannel()
    await service.deliver(channel)
    return channel.emails[0].text


async def test_version_is_drafted_put_in_force_and_gone_back_from(service: NotificationService) -> None:
    draft = await write(service)
    assert (draft.status_code, draft.json()["version"]) == (201, 2)
    assert (await write(service, text="Again {{ order_id }}")).json()["version"] == 3
    assert "Kind regards" in await sent(service)
    assert (await activate(service, 2)).status_code == 201
    assert await sent(service) == "Hello Test Customer, 29.33 CNY."
    (listed,) = [one for one in await service.get("/v1/templates") if one["name"] == "purchase_thanks"]
    assert listed["in_force"] == {"en/any": 2}
    assert (await activate(service, 3)).status_code == 201
    assert (await activate(service, 1, reason="too short")).status_code == 201
    assert "Kind regards" in await sent(service)
    versions = await service.get(f"{THANKS}/versions", limit=1)
    more = await service.get(f"{THANKS}/versions", cursor=versions["next_cursor"])
    states = {one["version"]: one["state"] for one in versions["items"] + more["items"]}
    assert states == {3: "retired", 2: "retired"}
    history = (await service.get(f"{THANKS}/activations"))["items"]
    assert [(one["version"], one["reason"]) for one in history] == [(1, "too short"), (3, "reviewed"), (2, "reviewed")]
    assert "Kind regards" in (await service.get(f"{THANKS}/versions/en/any/1"))["text"]


async def test_words_of_a_channel_are_its_own_and_mjml_is_compiled(service: NotificationService) -> None:
    words = "<mj-section><mj-column><mj-text>Hi {{ customer.name }}</mj-text></mj-column></mj-section>"
    mjml = f"<mjml><mj-body>{words}</mj-body></mjml>"
    answer = await write(service, channel="email", html=None, mjml=mjml)
    assert (answer.status_code, answer.json()["mjml"]) == (201, mjml)
    assert (await activate(service, 2, channel="email")).status_code == 201
    shown = await service.client.post(f"{THANKS}/preview", json={"channel": "email"})
    assert (shown.json()["version"], "Hi Test" in shown.json()["html"]) == (2, True)
    other = await service.client.post(f"{THANKS}/preview", json={"channel": "sms"})
    assert (other.json()["version"], "Kind regards" in other.json()["text"]) == (1, True)


@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        ({"text": "{% for i in range(1000000000) %}{% endfor %}"}, "template_failed", "facts"),
        ({"html": "{{ customer.__class__ }}"}, "template_invalid", "html"),
        ({"subject": "{{ customer.name }}"}, "template_failed", "facts"),
        ({"html": None}, "template_invalid", "html"),
        ({"html": None, "mjml": "<div>"}, "template_invalid", "mjml"),
        ({"defaults": {"colour": "red"}}, "fact_unknown", "defaults.colour"),
        ({"language": "fr"}, "language_unknown", "language"),
    ],
)
async def test_draft_that_could_not_be_sent_is_refused(
    service: NotificationService, changes: dict[str, Any], code: str, field: str
) -> None:
    answer = await write(service, **changes)
    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert answer.json()["errors"][0]["field"] == field
    assert await service.scalar("SELECT count(*) FROM template_versions") == 0


async def test_what_is_not_there_or_already_in_force_is_not_activated(service: NotificationService) -> None:
    assert (await activate(service, 2)).json()["code"] == "version_unknown"
    assert (await activate(service, 1)).json()["code"] == "version_active"
    await write(service)
    await activate(service, 2)
    assert (await activate(service, 2)).status_code == 409
    assert (await service.client.get(f"{THANKS}/versions/en/sms/2")).status_code == 404


async def test_words_that_fail_hold_up_no_other_message(service: NotificationService) -> None:
    await write(service)
    async with service.database.transaction() as session:
        connection = await session.connection()
        await connection.exec_driver_sql("UPDATE template_versions SET body_text = '{{ 1 / 0 }}'")
    await activate(service, 2)
    customer_id = uuid4()
    await service.handle(profile_updated(customer_id))
    await service.handle(purchase(customer_id), visit(customer_id))
    channel = ScriptedChannel()
    await service.deliver(channel)
    assert [email.rule for email in channel.emails] == ["visit_thanks"]
    states = {row["rule"]: (row["state"], row["reason"]) for row in await service.messages(customer_id)}
    assert states["purchase_thanks"][0] == "failed"
    assert "division by zero" in states["purchase_thanks"][1]


async def test_text_message_is_shown_with_its_segments_and_signature(
    service: NotificationService, tmp_path: Path
) -> None:
    await write(service, channel="sms", text="谢" * 66 + "{{ order_id }}")
    shown = (await service.client.post(f"{THANKS}/preview", json={"channel": "sms", "version": 2})).json()
    assert shown["text_message"] == {"signature": None, "segments": 2, "characters": 72}
    providers = tmp_path / "providers.json"
    providers.write_text(
        '{"providers": {"a": {"kind": "aliyun_sms", "access_key_id": "i", "access_key_secret": "K", "signature": "店", '
        '"templates": {"*": "SMS_1"}}}, "channels": {"sms": ["a"]}}'
    )
    settings = service.platform.settings.model_copy(update={"providers_file": providers})
    object.__setattr__(service.platform, "settings", settings)
    assert create_desk(service.platform).sms_signature == "店"


async def test_trial_goes_to_the_named_address_once_and_is_recorded(service: NotificationService) -> None:
    await write(service)
    wanted = {"address": "marketing@example.com", "channel": "email", "version": 2}
    asked = await service.client.post(f"{THANKS}/trials", json=wanted)
    # Version 2 is for any channel, not for this one.
    assert (asked.status_code, asked.json()["code"]) == (404, "version_unknown")
    asked = await service.client.post(f"{THANKS}/trials", json={"address": "marketing@example.com", "version": 2})
    assert (asked.status_code, asked.json()["state"]) == (202, "planned")
    channel = ScriptedChannel(answering(SendResult(SendStatus.ACCEPTED)))
    sender = TrialSender(service.database, serving(Channel.EMAIL, [channel]))
    assert [await sender.send_waiting(), await sender.send_waiting()] == [1, 0]
    (email,) = channel.emails
    assert (email.address, email.text) == ("marketing@example.com", "Hello Test, 29.33 CNY.")
    seen = await service.get(f"/v1/templates/trials/{asked.json()['trial_id']}")
    assert (seen["state"], seen["version"], seen["requested_by"]) == ("accepted", 2, asked.json()["requested_by"])
    assert await service.scalar("SELECT count(*) FROM messages") == 0
    # What was said about somebody is not kept: their erasure would not find it.
    assert await service.scalar("SELECT subject || body_text || body_html FROM template_trials") == ""


async def test_trials_are_bounded_and_keep_off_the_suppression_list(service: NotificationService) -> None:
    listed = {"channel": "email", "address": "gone@example.com", "reason": "requested"}
    await service.client.post("/v1/suppressions", json=listed)
    for address, code in (("gone@example.com", "address_suppressed"), ("no address", "address_invalid")):
        answer = await service.client.post(f"{THANKS}/trials", json={"address": address})
        assert answer.json()["code"] == code
    codes = [
        (await service.client.post(f"{THANKS}/trials", json={"address": "a@example.com"})).status_code
        for _ in range(MOST_TRIALS + 1)
    ]
    assert (set(codes[:-1]), codes[-1]) == ({202}, 429)
