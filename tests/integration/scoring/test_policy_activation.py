"""When a policy comes into force: now, at an instant to come, never two at once, and back again."""

import asyncio
from datetime import timedelta

import pytest

from tests.support.answers import problem
from tests.support.factories.scoring import START, days, interaction_event
from tests.support.policy_api import WHY, act, draft, put_in_force, states
from tests.support.scoring_service import ScoringService

STRICTER = {"satisfaction": {"baseline": 50}}
SOON = START + days(7)


async def schedule(scoring: ScoringService) -> None:
    await draft(scoring, STRICTER)
    answer = await act(scoring, 2, "activate", at=SOON.isoformat(), without_simulation=True)
    assert answer.json()["state"] == "scheduled"


async def test_an_untried_draft_comes_into_force_only_when_that_is_wanted(scoring: ScoringService) -> None:
    await draft(scoring, STRICTER)
    assert problem(await act(scoring, 2, "activate"))[:2] == (409, "policy_not_simulated")
    assert (await act(scoring, 2, "activate", without_simulation=True)).json()["state"] == "active"


async def test_a_scheduled_policy_comes_into_force_by_itself(scoring: ScoringService) -> None:
    await schedule(scoring)
    scoring.clock.move_to(SOON - timedelta(microseconds=1))
    await scoring.switch_policy()
    assert await states(scoring) == {1: "active", 2: "scheduled"}
    scoring.clock.move_to(SOON)
    await scoring.switch_policy()
    assert await states(scoring) == {1: "retired", 2: "active"}
    first, second = await scoring.read("/v1/policies/1"), await scoring.read("/v1/policies/2")
    assert first["active_until"] == second["active_from"] == "1997-01-08T04:00:00Z"


async def test_downtime_only_delays_it(scoring: ScoringService) -> None:
    await schedule(scoring)
    await scoring.apply(interaction_event())
    scoring.clock.move_to(SOON + days(3))
    await scoring.switch_policy()
    await scoring.rescore()
    policy = await scoring.read("/v1/policies/2")
    assert (policy["activate_at"], policy["active_from"]) == ("1997-01-08T04:00:00Z", "1997-01-11T04:00:00Z")
    assert (await scoring.told())[-1].policy_version == 2


async def test_a_scheduled_policy_can_be_cancelled_and_is_a_draft_again(scoring: ScoringService) -> None:
    await schedule(scoring)
    assert (await act(scoring, 2, "cancel", revision=2)).json()["state"] == "draft"
    scoring.clock.move_to(SOON)
    await scoring.switch_policy()
    assert await states(scoring) == {1: "active", 2: "draft"}
    decisions = (await scoring.read("/v1/policies/2/decisions"))["items"]
    assert [(one["action"], one["decided_by"]) for one in decisions] == [
        ("created", "tester"),
        ("scheduled", "tester"),
        ("cancelled", "tester"),
    ]


async def test_while_one_is_scheduled_nothing_else_comes_into_force(scoring: ScoringService) -> None:
    await put_in_force(scoring, {"telling": {"satisfaction": 2.0}})
    await draft(scoring, STRICTER)
    assert (await act(scoring, 3, "activate", at=SOON.isoformat(), without_simulation=True)).status_code == 200
    await draft(scoring, STRICTER)
    refused = await act(scoring, 4, "activate", without_simulation=True)
    assert problem(refused)[:2] == (409, "activation_pending")
    rolled = await scoring.client.post("/v1/policies/1/roll-back", json=WHY)
    assert problem(rolled)[:2] == (409, "activation_pending")


async def test_an_activation_in_the_past_is_refused(scoring: ScoringService) -> None:
    await draft(scoring, STRICTER)
    at = (START - timedelta(seconds=1)).isoformat()
    answer = await act(scoring, 2, "activate", at=at, without_simulation=True)
    assert problem(answer) == (422, "activation_in_past", "at")


@pytest.mark.parametrize("same", [True, False])
async def test_of_two_activations_at_once_one_wins(scoring: ScoringService, same: bool) -> None:
    await draft(scoring, STRICTER)
    await draft(scoring, {"satisfaction": {"baseline": 40}})
    versions = (2, 2) if same else (2, 3)
    answers = await asyncio.gather(
        *(act(scoring, version, "activate", without_simulation=True) for version in versions)
    )
    assert sorted(answer.status_code for answer in answers)[0] == 200
    assert sum(answer.status_code == 200 for answer in answers) == 1
    assert sorted((await states(scoring)).values()).count("active") == 1


async def test_a_worker_and_a_cancellation_at_once_agree(scoring: ScoringService) -> None:
    await schedule(scoring)
    scoring.clock.move_to(SOON)
    answer, _ = await asyncio.gather(act(scoring, 2, "cancel", revision=2), scoring.switch_policy())
    cancelled = answer.status_code == 200
    assert await states(scoring) == ({1: "active", 2: "draft"} if cancelled else {1: "retired", 2: "active"})


async def test_rolling_back_is_a_new_version_of_the_earlier_document(scoring: ScoringService) -> None:
    await scoring.apply(interaction_event())
    await scoring.rescore()
    await put_in_force(scoring, STRICTER)
    await scoring.rescore()
    back = await scoring.post("/v1/policies/1/roll-back", 201, {"reason": "too strict"})
    assert (back["version"], back["state"], back["base"]) == (3, "active", 2)
    assert (await scoring.read("/v1/policies/3/differences", since=1))["differences"] == []
    await scoring.rescore()
    assert [event.satisfaction for event in await scoring.told()] == [70.0, 50.0, 70.0]
    last = (await scoring.read("/v1/policies/3/decisions"))["items"][-1]
    assert (last["action"], last["reason"]) == ("activated", "too strict")
    assert problem(await scoring.client.post("/v1/policies/3/roll-back", json=WHY))[:2] == (409, "policy_state")


async def test_putting_in_force_needs_the_scope_of_administrators(scoring: ScoringService) -> None:
    await draft(scoring, STRICTER)
    answer = await scoring.client.post(
        "/v1/policies/2/activate",
        json={**WHY, "without_simulation": True},
        headers={"If-Match": '"1"', **scoring.headers("scoring:read", "scoring:write")},
    )
    assert problem(answer)[:2] == (403, "scope_missing")
