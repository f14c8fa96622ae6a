"""Trying a rule on what has happened: what it would have sent, to whom, and why not; confirming what reaches many."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import httpx

from services.notification.history.use_cases import prune_history
from shared.contracts.customer import DoNotDisturb
from tests.support.factories.notification import NOON, profile_erased, profile_updated, score_changed, visit
from tests.support.notification_service import NotificationService
from tests.support.rules import rule_on

WINDOW = {"from": (NOON - timedelta(days=1)).isoformat(), "to": (NOON + timedelta(days=3)).isoformat()}
STORE = rule_on("visit", template="visit_thanks", when={"field": "event.place", "is": "store"}, not_again_within="P1D")


async def dry_run(service: NotificationService, **body: Any) -> dict[str, Any]:
    answer = await service.client.post("/v1/rules/store_thanks/dry-run", json={**WINDOW, **body})
    assert answer.status_code == 200, answer.text
    read: dict[str, Any] = answer.json()
    return read


async def test_dry_run_says_what_would_have_been_sent_and_sends_nothing(service: NotificationService) -> None:
    first, second, paused = sorted(uuid4() for _ in range(3))
    await service.handle(*(profile_updated(one) for one in (first, second)))
    await service.handle(profile_updated(paused, do_not_disturb=DoNotDisturb(paused=True)))
    later = NOON + timedelta(days=2)
    await service.handle(visit(first), visit(second), visit(second, place="remote"), visit(paused))
    await service.handle(visit(first), visit(first, occurred_at=later, recorded_at=later))
    before = await service.scalar("SELECT count(*) FROM decisions")
    tried = await dry_run(service, document=STORE)
    assert (tried["events"], tried["triggered"], tried["sent"], tried["customers"]) == (6, 5, 3, 2)
    assert tried["share"] == 2 / 3
    counts = {(one["day"], one["outcome"], one["reason"]): one["messages"] for one in tried["counts"]}
    assert counts == {
        ("2026-03-02", "planned", None): 2,
        ("2026-03-02", "suppressed", "duplicate"): 1,
        ("2026-03-02", "suppressed", "do_not_disturb"): 1,
        ("2026-03-04", "planned", None): 1,
    }
    page = await dry_run(service, document=STORE, limit=1)
    assert page["sample"] == [{"customer_id": str(first), "messages": 2}]
    rest = await dry_run(service, document=STORE, limit=1, after=page["next_after"])
    assert (rest["sample"], rest["next_after"]) == ([{"customer_id": str(second), "messages": 1}], None)
    assert await service.scalar("SELECT count(*) FROM decisions") == before
    assert await service.scalar("SELECT count(*) FROM messages WHERE rule = 'store_thanks'") == 0


async def test_what_cannot_be_tried_is_refused(service: NotificationService) -> None:
    async def refused(body: dict[str, Any]) -> tuple[int, str]:
        answer = await service.client.post("/v1/rules/store_thanks/dry-run", json=body)
        return answer.status_code, answer.json()["code"]

    assert await refused(WINDOW) == (404, "rule_unknown")
    assert await refused({"from": WINDOW["to"], "to": WINDOW["from"], "document": STORE}) == (422, "validation_failed")
    on_a_day = {**rule_on("visit", template="birthday"), "on": {"occasion": "birthday"}}
    long = {"from": "2025-01-01T00:00:00Z", "to": "2026-01-02T00:00:01Z", "document": on_a_day}
    assert await refused(long) == (422, "dry_run_too_wide")
    assert await refused(long | {"from": "1899-12-31T00:00:00Z", "to": "1900-01-02T00:00:00Z"}) == (
        422,
        "dry_run_too_wide",
    )


async def test_history_keeps_what_conditions_ask_and_is_forgotten(service: NotificationService) -> None:
    kept, erased = uuid4(), uuid4()
    await service.handle(profile_updated(kept), profile_updated(erased))
    event = visit(kept, notes="private words")
    await service.handle(event, visit(erased))
    await service.handle(event)
    await service.handle(score_changed(kept), score_changed(kept, silent=True))
    await service.handle(profile_erased(erased))
    await service.handle(visit(erased))
    rows = await service.rows("SELECT kind, customer_id, told FROM trigger_events ORDER BY kind DESC")
    assert [(row["kind"], row["customer_id"]) for row in rows] == [("visit", kept), ("score_changed", kept)]
    assert rows[0]["told"] == {"place": "store"}
    async with service.database.transaction() as session:
        assert not await prune_history(session, before=NOON)
    assert await service.scalar("SELECT count(*) FROM trigger_events") == 2
    async with service.database.transaction() as session:
        await prune_history(session, before=NOON + timedelta(seconds=1))
    assert await service.scalar("SELECT count(*) FROM trigger_events") == 0


async def activate(service: NotificationService, name: str, document: dict[str, Any], **body: Any) -> httpx.Response:
    drafted = await service.client.put(f"/v1/rules/{name}/draft", json={"document": document, "reason": "a test"})
    assert drafted.status_code == 200, drafted.text
    headers = {"If-Match": drafted.headers["ETag"]}
    return await service.client.post(f"/v1/rules/{name}/activate", json={"reason": "go", **body}, headers=headers)


async def test_rule_that_reaches_many_has_to_be_confirmed(service: NotificationService) -> None:
    customers = [uuid4() for _ in range(10)]
    await service.handle(*(profile_updated(one, tags=("vip",) if one == customers[0] else ()) for one in customers))
    await service.handle(*(visit(one) for one in customers[:3]))
    many = await activate(service, "store_thanks", STORE)
    assert (many.status_code, many.json()["code"]) == (409, "rule_reaches_many")
    assert many.json()["context"] == {"share": 0.3, "limit": 0.2}
    assert (await activate(service, "store_thanks", STORE, confirm=True)).status_code == 200
    history = await service.get("/v1/rules/store_thanks/history")
    assert history["items"][0]["details"] == {"share": 0.3, "confirmed": True}

    day = {**rule_on("visit", template="birthday"), "on": {"occasion": "warranty_end"}}
    everybody = await activate(service, "end_of_warranty", day)
    assert everybody.json()["context"]["share"] == 1.0
    vip = {"all": [{"field": "customer.tags", "contains": "vip"}, {"not": {"field": "event.lead_days", "is": 3}}]}
    assert (await activate(service, "end_of_warranty", {**day, "when": vip})).status_code == 200
