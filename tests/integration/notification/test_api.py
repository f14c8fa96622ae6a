"""The HTTP interface: what it tells, how it pages, and what it refuses."""

from typing import Any
from uuid import UUID, uuid4

import pytest

from services.notification.values import RuleName
from tests.support.answers import problem
from tests.support.factories.notification import (
    complaint,
    profile_erased,
    profile_updated,
    purchase,
    solar_birthday,
    visit,
)
from tests.support.notification_service import NotificationService
from tests.support.smtp import ScriptedChannel

NOBODY = UUID("00000000-0000-4000-8000-00000000dead")
"""No customer, message or item has this id."""


async def served_customer(service: NotificationService) -> UUID:
    """A customer with three messages sent by email, a copy in the inbox, and one decision against."""
    customer_id = uuid4()
    await service.handle(profile_updated(customer_id))
    await service.handle(purchase(customer_id), visit(customer_id), complaint(customer_id))
    await service.deliver(ScriptedChannel())
    await service.handle(profile_updated(customer_id, version=2, consents=()))
    await service.handle(visit(customer_id))
    return customer_id


async def test_message_tells_what_why_and_every_attempt(service: NotificationService) -> None:
    customer_id = uuid4()
    event = purchase(customer_id)
    await service.handle(profile_updated(customer_id))
    await service.handle(event)
    await service.deliver(ScriptedChannel())
    (listed,) = (await service.get("/v1/messages", customer_id=customer_id))["items"]
    message = await service.get(f"/v1/messages/{listed['message_id']}")
    assert {name: message[name] for name in listed} == listed
    assert message["address"] == "customer@example.com"
    assert "29.33 CNY" in message["body_text"]
    assert message["next_attempt_at"] is None
    assert [(one["number"], one["outcome"]) for one in message["tries"]] == [(1, "accepted")]
    why = message["why"]
    assert (why["rule"], why["caused_by"], why["policy_version"]) == ("purchase_thanks", event.envelope.id, 1)
    assert why["considered"][0] == {"channel": "email", "chosen": True, "reason": None}


@pytest.mark.parametrize(
    ("filters", "count"),
    [
        ({}, 4),
        ({"rule": "complaint_receipt"}, 2),
        ({"channel": "inbox"}, 1),
        ({"state": "sent", "rule": "visit_thanks"}, 1),
        ({"state": "planned"}, 0),
        ({"customer_id": str(NOBODY)}, 0),
    ],
)
async def test_messages_are_filtered(service: NotificationService, filters: dict[str, str], count: int) -> None:
    await served_customer(service)
    assert len((await service.get("/v1/messages", **filters))["items"]) == count


async def test_messages_and_decisions_are_paged_without_gap_or_repetition(service: NotificationService) -> None:
    customers = [uuid4() for _ in range(7)]
    await service.handle(*map(profile_updated, customers))
    await service.handle(*map(purchase, customers))
    for path, key in (("/v1/messages", "message_id"), ("/v1/decisions", "decision_id")):
        seen: list[str] = []
        cursor: dict[str, str] = {}
        while True:
            page = await service.get(path, limit=3, **cursor)
            seen += [item[key] for item in page["items"]]
            if page["next_cursor"] is None:
                break
            cursor = {"cursor": page["next_cursor"]}
        assert len(seen) == len(set(seen)) == 7


async def test_decisions_tell_what_was_not_sent_and_why(service: NotificationService) -> None:
    customer_id = await served_customer(service)
    (decision,) = (await service.get("/v1/decisions", outcome="suppressed", reason="no_consent"))["items"]
    assert (decision["customer_id"], decision["rule"]) == (str(customer_id), "visit_thanks")
    assert {one["reason"] for one in decision["considered"]} == {"no_consent"}


async def test_reconciliation_adds_up(service: NotificationService) -> None:
    await served_customer(service)
    counts = await service.get("/v1/reconciliation")
    decided = {(row["rule"], row["outcome"]): row["decisions"] for row in counts["decisions"]}
    assert decided[("visit_thanks", "planned")] == decided[("visit_thanks", "suppressed")] == 1
    assert sum(row["messages"] for row in counts["messages"] if row["state"] == "sent") == 4
    assert sum(row["attempts"] for row in counts["messages"]) == 4


async def test_status_counts_what_waits(service: NotificationService) -> None:
    customer_id, early = uuid4(), uuid4()
    await service.handle(profile_updated(customer_id))
    await service.handle(purchase(customer_id), complaint(customer_id), visit(early))
    status = await service.get("/v1/status")
    assert (status["customers"], status["awaiting_profile"], status["planned"], status["sending"]) == (1, 1, 3, 0)
    assert status["oldest_planned_at"] is not None


async def test_inbox_counts_unread_and_marks_read_once(service: NotificationService) -> None:
    customer_id = await served_customer(service)
    address = f"/v1/customers/{customer_id}/inbox"
    (item,) = (await service.get(address, unread=True))["items"]
    first = await service.client.post(f"{address}/{item['item_id']}/read")
    assert first.status_code == 200, first.text
    service.clock.move_to(service.clock.now().replace(hour=23))
    again = await service.client.post(f"{address}/{item['item_id']}/read")
    assert again.json()["read_at"] == first.json()["read_at"] is not None
    inbox = await service.get(address)
    assert (inbox["unread"], len(inbox["items"])) == (0, 1)
    assert (await service.get(address, unread=True))["items"] == []
    assert (await service.get(f"/v1/customers/{uuid4()}/inbox"))["unread"] == 0


async def test_inbox_item_of_somebody_else_is_not_found(service: NotificationService) -> None:
    customer_id = await served_customer(service)
    (item,) = (await service.get(f"/v1/customers/{customer_id}/inbox"))["items"]
    answer = await service.client.post(f"/v1/customers/{uuid4()}/inbox/{item['item_id']}/read")
    assert problem(answer)[:2] == (404, "inbox_item_not_found")


async def test_templates_are_listed_with_their_facts(service: NotificationService) -> None:
    listed = {one["name"]: one for one in await service.get("/v1/templates")}
    assert set(listed) == set(RuleName)
    assert listed["purchase_thanks"]["languages"] == ["en", "zh-CN"]
    assert listed["purchase_thanks"]["required"] == ["amount_minor", "currency", "order_id"]


async def preview(service: NotificationService, name: str, body: dict[str, Any]) -> Any:
    answer = await service.client.post(f"/v1/templates/{name}/preview", json=body)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_preview_shows_a_sample_a_given_or_a_real_customer(service: NotificationService) -> None:
    customer_id = uuid4()
    await service.handle(profile_updated(customer_id, display_name="真实客户", language="zh-CN"))
    assert "Dear Test," in (await preview(service, "birthday", {}))["text"]
    given = {"customer": {"display_name": "Test Customer 9"}, "facts": {"case": "C-9", "category": "delay"}}
    assert "C-9" in (await preview(service, "complaint_receipt", given))["subject"]
    real = await preview(service, "visit_thanks", {"customer_id": str(customer_id)})
    assert (real["language"], "真实客户" in real["text"]) == ("zh-CN", True)
    assert (await preview(service, "birthday", {"customer_id": str(customer_id), "language": "fr"}))["language"] == "en"


@pytest.mark.parametrize(
    ("name", "body", "told"),
    [
        ("complaint_receipt", {"facts": {"case": "C-9"}}, (422, "fact_missing", "facts.category")),
        ("birthday", {"facts": {"age": "40"}}, (422, "fact_unknown", "facts.age")),
        (
            "purchase_thanks",
            {"facts": {"order_id": "A", "amount_minor": "29.33", "currency": "CNY"}},
            (422, "fact_invalid", "facts.amount_minor"),
        ),
        ("birthday", {"customer_id": str(NOBODY)}, (404, "customer_unknown", None)),
        (
            "birthday",
            {"customer_id": str(NOBODY), "customer": {"display_name": "X"}},
            (422, "customer_ambiguous", "customer"),
        ),
        ("birthday", {"lang": "en"}, (422, "validation_failed", "lang")),
        ("farewell", {}, (404, "template_unknown", None)),
        ("Farewell", {}, (400, "parameter_invalid", "name")),
    ],
)
async def test_preview_says_what_is_wrong(
    service: NotificationService, name: str, body: dict[str, Any], told: tuple[int, str, str | None]
) -> None:
    answer = await service.client.post(f"/v1/templates/{name}/preview", json=body)
    assert problem(answer) == told


async def test_erased_customer_cannot_be_previewed(service: NotificationService) -> None:
    customer_id = uuid4()
    await service.handle(profile_erased(customer_id))
    answer = await service.client.post("/v1/templates/birthday/preview", json={"customer_id": str(customer_id)})
    assert problem(answer)[:2] == (404, "customer_unknown")


async def test_audience_shows_what_decisions_depend_on(service: NotificationService) -> None:
    customer_id = uuid4()
    await service.handle(profile_updated(customer_id, birthday=solar_birthday(5, 1)))
    await service.handle(complaint(customer_id))
    known = await service.get(f"/v1/customers/{customer_id}")
    assert (known["state"], known["email"]) == ("known", "customer@example.com")
    assert {"channel": "email", "purpose": "care"} in known["granted"]
    assert [one["case"] for one in known["open_complaints"]] == ["C-1"]


async def test_policy_in_force_is_shown(service: NotificationService) -> None:
    policy = await service.get("/v1/policy")
    assert (policy["version"], policy["document"]["birthday"]["leap_day"]) == (1, "february_28")


@pytest.mark.parametrize(
    ("path", "told"),
    [
        (f"/v1/messages/{NOBODY}", (404, "message_unknown", None)),
        (f"/v1/customers/{NOBODY}", (404, "customer_unknown", None)),
        ("/v1/messages?state=lost", (400, "parameter_invalid", "state")),
        ("/v1/messages?cursor=nonsense", (400, "cursor_invalid", "cursor")),
        ("/v1/decisions?reason=mood", (400, "parameter_invalid", "reason")),
        ("/v1/occasions?from=2026-01-01T00:00:00", (400, "parameter_invalid", "from")),
        ("/v1/occasions?from=9999-12-31T00:00:00Z", (400, "parameter_invalid", "from")),
        ("/v1/occasions?from=1767225600", (400, "parameter_invalid", "from")),
        ("/v1/occasions?from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z", (400, "span_empty", "to")),
    ],
)
async def test_what_cannot_be_answered_is_refused_with_the_place(
    service: NotificationService, path: str, told: tuple[int, str, str | None]
) -> None:
    assert problem(await service.client.get(path)) == told


@pytest.mark.parametrize(
    ("method", "path", "scope"),
    [
        ("GET", "/v1/messages", "notification:read"),
        ("GET", "/v1/occasions/progress", "notification:read"),
        ("POST", f"/v1/customers/{NOBODY}/inbox/{NOBODY}/read", "notification:write"),
        ("POST", f"/v1/messages/{NOBODY}/release", "notification:admin"),
    ],
)
async def test_each_route_demands_its_scope(service: NotificationService, method: str, path: str, scope: str) -> None:
    body = {"action": "resend"} if path.endswith("release") else None
    others = [one for one in ("notification:read", "notification:write", "notification:admin") if one != scope]
    answer = await service.client.request(method, path, json=body, headers=service.tokens.headers(*others))
    assert problem(answer)[:2] == (403, "scope_missing")
    anonymous = await service.client.request(method, path, json=body, headers={"Authorization": ""})
    assert anonymous.status_code == 401
