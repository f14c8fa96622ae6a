"""Print runs: letters handed over exactly once, judged once more, fetched again unchanged, and withdrawn on erasure."""

import asyncio
import csv
import io
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from shared.contracts.customer import ContactPoint, PostalAddress
from shared.contracts.notification import MessageCost, MessageSent
from tests.support.factories.notification import profile_erased, profile_updated, purchase
from tests.support.notification_service import NotificationService, open_notification_service
from tests.support.postgres import DatabaseFactory
from tests.support.rules import activate_rule, rule_on
from tests.support.smtp import ScriptedChannel

DOCUMENT: dict[str, Any] = {
    "providers": {
        "house": {
            "kind": "print_file",
            "sender": ["Test Shop", "1 Example Street"],
            "country": "DE",
            "price_micros": 950_000,
            "currency": "EUR",
        }
    },
    "channels": {"email": ["smtp"], "direct_mail": ["house"]},
}
POINT = ContactPoint(
    kind="postal",
    address="2 Example Street, 12345 Example",
    postal=PostalAddress(lines=("2 Example Street",), locality="Example", postal_code="12345", country="DE"),
)


@pytest.fixture
async def service(database_factory: DatabaseFactory, tmp_path: Path) -> AsyncIterator[NotificationService]:
    file = tmp_path / "providers.json"
    file.write_text(json.dumps(DOCUMENT))
    dsn = await database_factory("notification")
    async with open_notification_service(dsn, tmp_path, providers_file=file) as opened:
        await activate_rule(
            opened, "purchase_thanks", rule_on("purchase", template="purchase_thanks", channels=("direct_mail",))
        )
        yield opened


async def customers_with_letters(service: NotificationService, count: int) -> list[UUID]:
    customers = [uuid4() for _ in range(count)]
    await service.handle(*(profile_updated(one, contact_points=(POINT,)) for one in customers))
    await service.handle(*map(purchase, customers))
    return customers


async def run(service: NotificationService, **body: Any) -> httpx.Response:
    return await service.client.post("/v1/print-runs", json=body)


async def manifest(service: NotificationService, run_id: str) -> list[dict[str, str]]:
    answer = await service.client.get(f"/v1/print-runs/{run_id}/manifest")
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))


async def test_letters_wait_for_a_run_and_are_handed_over_once(service: NotificationService) -> None:
    customers = await customers_with_letters(service, 3)
    await service.deliver_nothing_yet(ScriptedChannel())
    assert await service.scalar("SELECT count(*) FROM messages WHERE state = 'planned'") == 3
    first = await run(service, limit=2, note="for the post")
    assert (first.status_code, first.json()["letters"], first.json()["day"]) == (201, 2, "2026-03-02")
    second = await run(service)
    assert second.json()["letters"] == 1
    nothing = await run(service)
    assert (nothing.status_code, nothing.json()["code"]) == (409, "nothing_to_print")
    lines = [*await manifest(service, first.json()["run_id"]), *await manifest(service, second.json()["run_id"])]
    assert {UUID(line["customer_id"]) for line in lines} == set(customers)
    assert [line["first_page"] for line in lines] == ["1", "2", "1"]
    assert (lines[0]["recipient"], lines[0]["lines"], lines[0]["state"]) == (
        "Test Customer",
        "2 Example Street",
        "printed",
    )
    told = [one.data for one in await service.published() if isinstance(one.data, MessageSent)]
    assert [(one.provider, one.cost) for one in told] == [("house", MessageCost(micros=950_000, currency="EUR"))] * 3
    assert [one["run_id"] for one in (await service.get("/v1/print-runs"))["items"]] == [
        second.json()["run_id"],
        first.json()["run_id"],
    ]


async def test_of_two_runs_at_once_each_letter_is_in_one(service: NotificationService) -> None:
    await customers_with_letters(service, 6)
    answers = await asyncio.gather(*(run(service, limit=3) for _ in range(3)))
    assert sum(answer.json().get("letters", 0) for answer in answers) <= 6
    await run(service)
    assert await service.scalar("SELECT count(*) FROM messages WHERE state = 'sent'") == 6
    assert await service.scalar("SELECT count(*) FROM attempts") == 6
    assert len([one for one in await service.published() if isinstance(one.data, MessageSent)]) == 6


async def test_consent_and_address_are_judged_once_more(service: NotificationService) -> None:
    withdrawn, kept = await customers_with_letters(service, 2)
    await service.handle(profile_updated(withdrawn, version=2, consents=()))
    made = await run(service)
    assert (made.json()["letters"], made.json()["cancelled"]) == (1, 1)
    (row,) = await service.messages(withdrawn)
    assert (row["state"], row["reason"]) == ("cancelled", "no_consent")
    assert [line["customer_id"] for line in await manifest(service, made.json()["run_id"])] == [str(kept)]


async def test_file_stays_the_same_until_a_customer_is_erased(service: NotificationService) -> None:
    gone, kept = await customers_with_letters(service, 2)
    run_id = (await run(service)).json()["run_id"]

    async def fetch() -> httpx.Response:
        return await service.client.get(f"/v1/print-runs/{run_id}/letters")

    before = await fetch()
    assert (before.headers["Content-Type"], before.content[:5]) == ("application/pdf", b"%PDF-")
    await service.handle(profile_updated(kept, version=2, display_name="Another Name", contact_points=()))
    assert (await fetch()).content == before.content
    await service.handle(profile_erased(gone))
    after = await fetch()
    assert (before.content.count(b"/Type /Page\n"), after.content.count(b"/Type /Page\n")) == (2, 1)
    states = {line["customer_id"]: (line["state"], line["recipient"]) for line in await manifest(service, run_id)}
    assert states == {str(gone): ("withdrawn", ""), str(kept): ("printed", "Test Customer")}


async def test_what_is_not_there_is_told(service: NotificationService) -> None:
    missing = await service.client.get(f"/v1/print-runs/{uuid4()}/letters")
    assert (missing.status_code, missing.json()["code"]) == (404, "print_run_unknown")
    assert (await run(service, limit=501)).status_code == 422
