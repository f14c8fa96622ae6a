"""Customers decide by a signed link: counted at once, kept as proof, told, and never undone by what comes late."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from uuid import UUID, uuid4

import httpx
import pytest

from services.notification.preferences.use_cases import MOST_CHANGES
from services.notification.values import Permission
from shared.contracts.common import Channel, Purpose
from shared.contracts.customer import Consent
from shared.contracts.notification import PreferencesChanged
from tests.support.factories.notification import (
    ALL_PERMISSIONS,
    NOON,
    consents,
    profile_erased,
    profile_updated,
    purchase,
)
from tests.support.notification_service import NotificationService, open_notification_service
from tests.support.postgres import DatabaseFactory
from tests.support.smtp import ScriptedChannel

PUBLIC = "https://care.shop.example"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
CARE = Permission(Channel.EMAIL, Purpose.CARE)
STOP = b"List-Unsubscribe=One-Click"


@pytest.fixture
async def service(database_factory: DatabaseFactory, tmp_path: Path) -> AsyncIterator[NotificationService]:
    dsn = await database_factory("notification")
    secret = "test-only-secret-of-at-least-32-characters"
    async with open_notification_service(dsn, tmp_path, public_url=PUBLIC, preferences_secret=secret) as opened:
        yield opened


async def known(service: NotificationService, **profile: Any) -> UUID:
    customer_id = uuid4()
    await service.handle(profile_updated(customer_id, **profile))
    return customer_id


def token_of(service: NotificationService, customer_id: UUID) -> str:
    assert service.desk.links is not None
    link = service.desk.links.page(customer_id, Channel.EMAIL, Purpose.CARE, service.clock.now().date())
    assert link.startswith(f"{PUBLIC}/v1/preferences/page?token=")
    return link.partition("token=")[2]


async def open_page(service: NotificationService, token: str, path: str = "page", **more: str) -> httpx.Response:
    """As anybody who has the link."""
    parameters = {"token": token, **more}
    return await service.client.get(f"/v1/preferences/{path}", params=parameters, headers={"Authorization": ""})


async def send(service: NotificationService, token: str, body: bytes, path: str = "page") -> httpx.Response:
    address = f"/v1/preferences/{path}?token={token}"
    return await service.client.post(address, content=body, headers={"Authorization": "", **FORM})


async def granted(service: NotificationService, customer_id: UUID) -> set[str]:
    found = (await service.get(f"/v1/customers/{customer_id}"))["granted"]
    return {f"{one['channel']}:{one['purpose']}" for one in found}


async def test_page_shows_and_changes_what_is_agreed(service: NotificationService) -> None:
    customer_id = await known(service, language="zh-CN")
    token = token_of(service, customer_id)
    shown = await open_page(service, token)
    assert shown.status_code == 200
    assert '<html lang="zh-CN">' in shown.text
    assert "default-src 'none'" in shown.headers["content-security-policy"]
    assert shown.headers["referrer-policy"] == "no-referrer"
    assert '<html lang="en">' in (await open_page(service, token, lang="en")).text
    form = [("shown", "email:care"), ("was", "email:care"), ("shown", "email:marketing"), ("was", "email:marketing")]
    body = urlencode([*form, ("allow", "email:marketing")]).encode()
    for status in ("您的选择已保存。", "没有任何更改"):
        saved = await send(service, token, body)
        assert (saved.status_code, status in saved.text) == (200, True), saved.text
    assert "email:care" not in await granted(service, customer_id)
    (told,) = await service.published()
    assert isinstance(told.data, PreferencesChanged)
    assert [(one.channel, one.purpose, one.granted) for one in told.data.decisions] == [(*CARE, False)]
    (proof,) = (await service.get(f"/v1/customers/{customer_id}/preference-changes"))["items"]
    assert proof["change_id"] == str(told.data.change_id)
    assert (proof["way"], proof["language"], proof["link_issued_on"]) == ("page", "zh-CN", "2026-03-02")
    assert proof["decisions"] == [{"channel": "email", "purpose": "care", "granted": False, "previous": True}]


async def test_one_click_ends_planned_mail_and_opening_the_link_ends_nothing(service: NotificationService) -> None:
    customer_id = await known(service)
    await service.handle(purchase(customer_id))
    token = token_of(service, customer_id)
    assert "Unsubscribe: Email, Care" in (await open_page(service, token, "unsubscribe")).text
    without = await send(service, token, b"", "unsubscribe")
    assert without.status_code == 400
    assert len(await granted(service, customer_id)) == len(ALL_PERMISSIONS)
    for _ in range(2):
        done = await send(service, token, STOP, "unsubscribe")
        assert (done.status_code, "You have unsubscribed: Email, Care." in done.text) == (200, True)
    channel = ScriptedChannel()
    await service.deliver(channel)
    assert channel.emails == []
    (message,) = await service.messages(customer_id)
    assert (message["state"], message["reason"]) == ("cancelled", "no_consent")
    told = [event.data for event in await service.published() if isinstance(event.data, PreferencesChanged)]
    assert [one.way for one in told] == ["one_click"]


async def test_late_profile_does_not_undo_a_decision_and_a_later_word_does(service: NotificationService) -> None:
    customer_id = await known(service)
    await send(service, token_of(service, customer_id), STOP, "unsubscribe")
    for version, at in ((2, NOON), (3, NOON - timedelta(days=1))):
        await service.handle(profile_updated(customer_id, version=version, consents=consents(at=at)))
        assert "email:care" not in await granted(service, customer_id)
    again = Consent(channel="email", purpose="care", granted=True, at=NOON + timedelta(minutes=1))
    await service.handle(profile_updated(customer_id, version=4, consents=(again,)))
    assert await granted(service, customer_id) == {"email:care"}


async def test_said_back_and_forth_at_one_instant_the_last_word_stands(service: NotificationService) -> None:
    customer_id = await known(service)
    token = token_of(service, customer_id)
    for on in (False, True, False, True):
        form = [("shown", "email:care"), ("allow", "email:care") if on else ("was", "email:care")]
        await send(service, token, urlencode(form).encode())
        assert ("email:care" in await granted(service, customer_id)) is on
    instants = [event.data.at for event in await service.published() if isinstance(event.data, PreferencesChanged)]
    assert instants == sorted(set(instants))
    assert len(instants) == 4


async def test_consent_is_not_given_without_end_and_withdrawn_always(service: NotificationService) -> None:
    customer_id = await known(service)
    token = token_of(service, customer_id)
    for _ in range(MOST_CHANGES // 2):
        assert (await send(service, token, b"shown=email%3Acare&was=email%3Acare")).status_code == 200
        answer = await send(service, token, b"shown=email%3Acare&allow=email%3Acare")
        assert answer.status_code == 200
    assert (await send(service, token, b"shown=email%3Acare&was=email%3Acare")).status_code == 200
    refused = await send(service, token, b"shown=email%3Acare&allow=email%3Acare")
    assert (refused.status_code, "come back in an hour" in refused.text) == (429, True)
    assert "email:care" not in await granted(service, customer_id)


async def test_link_that_is_damaged_old_or_of_somebody_erased_gets_a_friendly_page(
    service: NotificationService,
) -> None:
    customer_id = await known(service)
    token = token_of(service, customer_id)
    for broken in (token[:-1], "", "x" * 5000):
        for answer in (
            await open_page(service, broken),
            await open_page(service, broken, "unsubscribe"),
            await send(service, broken, b""),
            await send(service, broken, STOP, "unsubscribe"),
        ):
            assert (answer.status_code, "This link does not work" in answer.text) == (404, True)
    assert (await send(service, token, b"shown=fax%3Acare")).status_code == 400
    service.clock.move_to(service.clock.now() + timedelta(days=401))
    for old in (await open_page(service, token), await send(service, token, b"nothing=1&shown=email%3Asms")):
        assert (old.status_code, "This link is too old" in old.text) == (410, True)
        assert "Unsubscribe: Email, Care" in old.text
    assert (await send(service, token, STOP, "unsubscribe")).status_code == 200
    assert "email:care" not in await granted(service, customer_id)
    await service.handle(profile_erased(customer_id))
    for gone in (await open_page(service, token), await send(service, token, STOP, "unsubscribe")):
        assert (gone.status_code, "We keep no data about you" in gone.text) == (410, True)
    assert await service.scalar("SELECT count(*) FROM own_decisions") == 0


async def test_links_are_made_for_staff_and_carried_by_mail(service: NotificationService) -> None:
    customer_id = await known(service)
    wanted = {"channel": "email", "purpose": "care"}
    answer = await service.client.post(f"/v1/customers/{customer_id}/preference-links", json=wanted)
    token = answer.json()["page_url"].partition("token=")[2]
    assert (await open_page(service, token)).status_code == 200
    unknown = await service.client.post(f"/v1/customers/{uuid4()}/preference-links", json=wanted)
    assert (unknown.status_code, unknown.json()["code"]) == (404, "customer_unknown")
    await service.handle(purchase(customer_id))
    channel = ScriptedChannel()
    await service.deliver(channel)
    (email,) = channel.emails
    assert email.unsubscribe_url == answer.json()["one_click_url"]
