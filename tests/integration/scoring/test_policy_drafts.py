"""Drafts over HTTP: written, checked, changed, compared, rebased and discarded."""

from typing import Any

import pytest

from tests.support.answers import problem
from tests.support.policy_api import WHY, act, draft, put_in_force, states
from tests.support.scoring_service import ScoringService

LONGER = {"lifecycle": {"dormant_after_days": 270}}


async def test_a_draft_is_a_change_of_what_is_in_force_and_changes_no_score(scoring: ScoringService) -> None:
    made = await draft(scoring, LONGER)
    assert (made["version"], made["state"], made["base"], made["revision"]) == (2, "draft", 1, 1)
    assert (made["author"], made["reason"]) == ("tester", "a test")
    assert made["document"]["lifecycle"]["dormant_after_days"] == 270
    assert (await scoring.read("/v1/policy"))["version"] == 1
    assert await scoring.read("/v1/policies/2") == made
    changes = await scoring.read("/v1/policies/2/differences")
    assert changes == {
        "before": 1,
        "after": 2,
        "differences": [{"field": "lifecycle.dormant_after_days", "before": 365, "after": 270}],
    }


async def test_a_draft_may_be_a_whole_document(scoring: ScoringService) -> None:
    policy = await scoring.read("/v1/policy")
    policy.pop("version")
    policy["telling"]["satisfaction"] = 2.0
    made = await scoring.post("/v1/policies", 201, {"document": policy, **WHY})
    assert made["document"] == policy
    found = (await scoring.read(f"/v1/policies/{made['version']}/differences", since=1))["differences"]
    assert [one["field"] for one in found] == ["telling.satisfaction"]


@pytest.mark.parametrize(
    ("patch", "field"),
    [
        ({"lifecycle": {"dormant_after_days": 0}}, "lifecycle.dormant_after_days"),
        ({"lifecycle": {"dormant_after_day": 10}}, "lifecycle.dormant_after_day"),
        ({"lifetime": {"discount_per_year": "much"}}, "lifetime.discount_per_year"),
        ({"telling": None}, "telling"),
        ({"version": 3}, "version"),
        ({"loyalty": {"weights": {"decline": {"trust": 21}}}}, "loyalty.weights.decline"),
        ({"money": {"rates": {"CNY": "2"}}}, "money.rates"),
    ],
)
async def test_a_wrong_patch_is_refused_by_its_field_also_when_only_checked(
    scoring: ScoringService, patch: Any, field: str
) -> None:
    for address in ("/v1/policies", "/v1/policies/validate"):
        answer = await scoring.client.post(address, json={"patch": patch, **WHY})
        assert problem(answer) == (422, "policy_invalid", field)
    assert (await scoring.read("/v1/policies"))["items"] == []


async def test_a_mistyped_field_is_told_with_the_one_that_is_meant(scoring: ScoringService) -> None:
    body = {"patch": {"lifecycle": {"dormant_after": 300}}, **WHY}
    answer = await scoring.client.post("/v1/policies", json=body)
    assert problem(answer)[1] == "policy_invalid"
    assert "did you mean 'dormant_after_days'?" in answer.json()["detail"]


async def test_a_wrong_document_is_refused_by_its_field(scoring: ScoringService) -> None:
    policy = await scoring.read("/v1/policy")
    answer = await scoring.client.post("/v1/policies", json={"document": policy, **WHY})
    assert problem(answer) == (422, "validation_failed", "document.version")


@pytest.mark.parametrize("body", [WHY, {"patch": {}}, {"patch": {}, "document": None, "reason": ""}])
async def test_a_draft_needs_content_and_a_reason(scoring: ScoringService, body: Any) -> None:
    assert problem(await scoring.client.post("/v1/policies", json=body))[:2] == (422, "validation_failed")


async def test_checking_shows_what_would_change_and_stores_nothing(scoring: ScoringService) -> None:
    trial = await scoring.post("/v1/policies/validate", 200, {"patch": LONGER})
    assert trial["base"] == 1
    assert [one["after"] for one in trial["differences"]] == [270]
    assert (await scoring.read("/v1/policies"))["items"] == []


async def test_a_change_is_decided_on_what_was_read(scoring: ScoringService) -> None:
    await draft(scoring, LONGER)
    change = {"patch": {"lifecycle": {"rhythm_factor": 4}}, **WHY}
    changed = await scoring.client.patch("/v1/policies/2", json=change, headers={"If-Match": '"1"'})
    assert changed.headers["ETag"] == '"2"'
    assert changed.json()["document"]["lifecycle"]["dormant_after_days"] == 270
    late = await scoring.client.patch("/v1/policies/2", json=change, headers={"If-Match": '"1"'})
    assert problem(late)[:2] == (412, "version_conflict")
    assert problem(await scoring.client.patch("/v1/policies/2", json=change))[:2] == (428, "if_match_required")
    policy = (await scoring.read("/v1/policies/2"))["document"]["lifecycle"]
    assert (policy["rhythm_factor"], policy["dormant_after_days"]) == (4, 270)


async def test_a_discarded_draft_stays_readable_and_cannot_be_used(scoring: ScoringService) -> None:
    await draft(scoring, LONGER)
    assert (await act(scoring, 2, "discard")).json()["state"] == "discarded"
    for action in ("discard", "activate", "cancel"):
        assert problem(await act(scoring, 2, action, revision=2))[:2] == (409, "policy_state")
    assert (await draft(scoring, LONGER))["version"] == 3
    assert [one["action"] for one in (await scoring.read("/v1/policies/2/decisions"))["items"]] == [
        "created",
        "discarded",
    ]


async def test_a_superseded_draft_is_rebased_before_it_comes_into_force(scoring: ScoringService) -> None:
    await draft(scoring, LONGER)
    assert await put_in_force(scoring, {"satisfaction": {"baseline": 50}}) == 3
    refused = await act(scoring, 2, "activate", without_simulation=True)
    assert problem(refused)[:2] == (409, "policy_base_superseded")
    rebased = await scoring.post("/v1/policies/2/rebase", 201, WHY)
    document = rebased["document"]
    assert (rebased["version"], rebased["base"]) == (4, 3)
    assert (document["satisfaction"]["baseline"], document["lifecycle"]["dormant_after_days"]) == (50, 270)
    assert await states(scoring) == {1: "retired", 2: "discarded", 3: "active", 4: "draft"}


async def test_a_contested_field_is_not_decided_by_rebasing(scoring: ScoringService) -> None:
    await draft(scoring, LONGER)
    await put_in_force(scoring, {"lifecycle": {"dormant_after_days": 100}})
    answer = await scoring.client.post("/v1/policies/2/rebase", json=WHY)
    assert problem(answer)[:2] == (409, "policy_rebase_conflict")
    assert answer.json()["context"]["fields"] == ["lifecycle.dormant_after_days"]


async def test_versions_are_listed_by_page_and_state(scoring: ScoringService) -> None:
    for _ in range(3):
        await draft(scoring, LONGER)
    page = await scoring.read("/v1/policies", limit=2)
    assert [one["version"] for one in page["items"]] == [4, 3]
    rest = await scoring.read("/v1/policies", limit=2, cursor=page["next_cursor"])
    assert [one["version"] for one in rest["items"]] == [2, 1]
    assert [one["version"] for one in (await scoring.read("/v1/policies", state="active"))["items"]] == [1]


@pytest.mark.parametrize("address", ["", "/differences", "/decisions"])
async def test_an_unknown_version_is_not_found(scoring: ScoringService, address: str) -> None:
    assert problem(await scoring.client.get(f"/v1/policies/77{address}"))[:2] == (404, "policy_unknown")
