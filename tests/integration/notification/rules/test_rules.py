"""Rules over HTTP: drafted, checked, in force for the next event, retired; each change with author and reason."""

from typing import Any
from uuid import uuid4

from tests.support.factories.notification import profile_updated, purchase, score_changed, visit
from tests.support.notification_service import NotificationService
from tests.support.rules import activate_rule

LARGE: dict[str, Any] = {
    "description": "Thanks for a large purchase.",
    "on": {"event": "purchase"},
    "when": {"field": "event.amount_minor", "at_least": 3000},
    "message": {"template": "purchase_thanks", "purpose": "care", "channels": ["inbox"]},
}


async def decided(service: NotificationService, rule: str) -> list[tuple[int, str, str]]:
    rows = await service.rows(
        "SELECT rule_version, channel, outcome FROM decisions WHERE rule = :rule ORDER BY recorded_at, decided_at",
        rule=rule,
    )
    return [(row["rule_version"], row["channel"], row["outcome"]) for row in rows]


async def test_life_of_a_rule(service: NotificationService) -> None:
    customer_id = uuid4()
    await service.handle(profile_updated(customer_id))
    await service.handle(purchase(customer_id))
    drafted = await service.client.put(
        "/v1/rules/purchase_thanks/draft", json={"document": LARGE, "reason": "small ones were a nuisance"}
    )
    assert (drafted.json()["version"], drafted.json()["state"], drafted.headers["ETag"]) == (2, "draft", '"1"')
    await service.handle(purchase(customer_id))  # a draft sends nothing
    assert await decided(service, "purchase_thanks") == [(1, "email", "planned")] * 2

    again = await service.client.put("/v1/rules/purchase_thanks/draft", json={"document": LARGE, "reason": "once more"})
    stale = await service.client.post(
        "/v1/rules/purchase_thanks/activate", json={"reason": "go"}, headers={"If-Match": '"1"'}
    )
    assert (again.headers["ETag"], stale.status_code, stale.json()["code"]) == ('"2"', 412, "version_conflict")
    active = await service.client.post(
        "/v1/rules/purchase_thanks/activate", json={"reason": "go"}, headers={"If-Match": '"2"'}
    )
    assert (active.status_code, active.json()["state"]) == (200, "active")
    await service.handle(purchase(customer_id), purchase(customer_id, amount={"minor": 3000, "currency": "CNY"}))
    assert (await decided(service, "purchase_thanks"))[2:] == [(2, "inbox", "planned")]


async def test_retired_rule_sends_nothing_and_stays_known(service: NotificationService) -> None:
    customer_id = uuid4()
    await service.handle(profile_updated(customer_id))
    shipped = await service.get("/v1/rules/purchase_thanks")
    assert (shipped["version"], shipped["state"], shipped["author"]) == (1, "active", None)
    await activate_rule(service, "purchase_thanks", LARGE)
    retired = await service.client.post("/v1/rules/purchase_thanks/retire", json={"reason": "no more"})
    assert retired.json()["state"] == "retired"
    await service.handle(purchase(customer_id, amount={"minor": 9000, "currency": "CNY"}))
    assert await decided(service, "purchase_thanks") == []
    twice = await service.client.post("/v1/rules/purchase_thanks/retire", json={"reason": "no more"})
    assert (twice.status_code, twice.json()["code"]) == (409, "rule_not_in_force")

    versions = await service.get("/v1/rules/purchase_thanks/versions")
    assert [(one["version"], one["state"]) for one in versions["items"]] == [(2, "retired"), (1, "retired")]
    history = await service.get("/v1/rules/purchase_thanks/history")
    assert [one["action"] for one in history["items"]] == ["retired", "activated", "drafted"]
    assert {one["author"] for one in history["items"]} == {"tester"}
    (listed,) = [one for one in await service.get("/v1/rules") if one["name"] == "purchase_thanks"]
    assert (listed["version"], listed["draft"]) == (None, None)
    assert (await activate_rule(service, "purchase_thanks", LARGE))["version"] == 3


async def test_what_could_never_be_sent_is_refused_with_its_place(service: NotificationService) -> None:
    wrong = LARGE | {"message": {"template": "no_such", "purpose": "care"}}
    for method, path, body in (
        ("POST", "/v1/rules/validate", {"document": wrong}),
        ("PUT", "/v1/rules/large/draft", {"document": wrong, "reason": "x"}),
    ):
        answer = await service.client.request(method, path, json=body)
        assert (answer.status_code, answer.json()["code"]) == (422, "template_unknown")
    fine = await service.client.post("/v1/rules/validate", json={"document": LARGE})
    assert fine.json() == {"shows": ["order_id", "amount_minor", "currency"]}
    unknown = LARGE | {"when": {"field": "event.amount", "at_least": 1}}
    answer = await service.client.post("/v1/rules/validate", json={"document": unknown})
    assert answer.status_code == 422
    assert "did you mean event.amount_minor?" in answer.text
    missing = await service.client.get("/v1/rules/large")
    assert (missing.status_code, missing.json()["code"]) == (404, "rule_unknown")
    nothing = await service.client.post("/v1/rules/large/activate", json={"reason": "x"}, headers={"If-Match": '"1"'})
    assert (nothing.status_code, nothing.json()["code"]) == (404, "rule_draft_unknown")
    schema = await service.get("/v1/rules/schema")
    assert schema["events"]["visit"]["shows"] == ["place", "purpose"]


async def test_condition_over_profile_waits_for_the_profile(service: NotificationService) -> None:
    """The condition is asked once the customer is known, with what the event told."""
    condition = {"all": [{"field": "event.place", "is": "store"}, {"field": "customer.tags", "contains": "vip"}]}
    await activate_rule(service, "visit_thanks", {**LARGE, "on": {"event": "visit"}, "when": condition, **VISIT})
    vip, other, elsewhere = uuid4(), uuid4(), uuid4()
    await service.handle(visit(vip), visit(other), visit(elsewhere, place="remote"))
    for customer_id, tags in ((vip, ("vip",)), (other, ()), (elsewhere, ("vip",))):
        await service.handle(profile_updated(customer_id, tags=tags))
    rows = await service.rows("SELECT customer_id, outcome, reason, inputs FROM decisions")
    assert {row["customer_id"]: (row["outcome"], row["reason"], row["inputs"]) for row in rows} == {
        vip: ("planned", None, None),
        other: ("suppressed", "condition_not_met", None),
        elsewhere: ("suppressed", "condition_not_met", None),
    }


VISIT = {"message": {"template": "visit_thanks", "purpose": "care", "channels": ["inbox"]}}


async def test_score_may_trigger_a_rule_unless_everybody_was_computed_anew(service: NotificationService) -> None:
    rising = {
        "all": [{"field": "event.changed", "contains": "churn_risk"}, {"field": "score.churn_risk", "at_least": 70}]
    }
    document = {**LARGE, "on": {"event": "score_changed"}, "when": rising}
    document["message"] = {"template": "birthday", "purpose": "care", "channels": ["inbox"]}
    await activate_rule(service, "win_back", document)
    told, silent, low = uuid4(), uuid4(), uuid4()
    await service.handle(*(profile_updated(customer_id) for customer_id in (told, silent, low)))
    risen = {"churn_risk": 80.0, "changed": ("churn_risk",)}
    await service.handle(
        score_changed(told, **risen),
        score_changed(silent, **risen, silent=True),
        score_changed(low, **(risen | {"churn_risk": 60.0})),
    )
    rows = await service.rows("SELECT customer_id, outcome FROM decisions WHERE rule = 'win_back'")
    assert [(row["customer_id"], row["outcome"]) for row in rows] == [(told, "planned")]


async def test_nothing_is_written_to_the_deceased(service: NotificationService) -> None:
    customer_id = uuid4()
    await service.handle(profile_updated(customer_id))
    await service.handle(purchase(customer_id))
    await service.handle(profile_updated(customer_id, version=2, deceased=True))
    await service.handle(visit(customer_id))
    assert list((await service.claim()).claims) == []
    rows = await service.rows("SELECT rule, outcome, reason FROM decisions ORDER BY rule")
    assert [tuple(row.values()) for row in rows] == [
        ("purchase_thanks", "suppressed", "deceased"),
        ("visit_thanks", "suppressed", "deceased"),
    ]
