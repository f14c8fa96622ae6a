"""A draft tried on everybody in the background: who would move, and nothing else happens."""

import asyncio
import csv
import io
from typing import Any
from uuid import UUID, uuid4

import pytest

from services.scoring.simulations import use_cases
from shared.clock import wall_now
from shared.contracts.common import Money
from tests.support.answers import problem
from tests.support.factories.scoring import START, days, interaction_event
from tests.support.policy_api import WHY, act, draft, put_in_force, states
from tests.support.scoring_service import ScoringService

STRICTER = {"satisfaction": {"baseline": 50}}
TABLES = ("scores", "reviews", "customer_statistics", "portfolios", "outbox", "lifetime_models")


async def fill(scoring: ScoringService, customers: int = 30) -> None:
    """Customers 1, 2, … with as many purchases as that, up to 6, a month apart, and rising amounts."""
    scoring.clock.move_to(START + days(151))
    for number in range(1, customers + 1):
        amount = Money(minor=1_000 * number, currency="CNY")
        await scoring.apply(
            *(
                interaction_event(at=START + days(150 - 30 * step), customer_id=UUID(int=number), amount=amount)
                for step in range(min(number, 6))
            )
        )


async def simulate(scoring: ScoringService, patch: object, *, batch: int = 500) -> dict[str, Any]:
    version = (await draft(scoring, patch))["version"]
    asked = await scoring.post(f"/v1/policies/{version}/simulations", 202)
    assert (asked["state"], asked["percent"]) == ("queued", 0.0)
    await scoring.simulate(batch)
    return await scoring.read(f"/v1/simulations/{asked['simulation_id']}")


def moved(found: dict[str, Any], of: str) -> dict[tuple[str | None, str | None], int]:
    rows = [one for one in found["transitions"] if one["of"] == of and one["before"] != one["after"]]
    return {(one["before"], one["after"]): one["customers"] for one in rows}


@pytest.mark.parametrize("batch", [1, 7, 500])
async def test_it_tells_who_would_move_and_touches_nothing(scoring: ScoringService, batch: int) -> None:
    await fill(scoring)
    await scoring.post("/v1/portfolio", 201)
    await scoring.rescore()
    before = [await scoring.count(table) for table in TABLES]
    statistics = await scoring.statistics(UUID(int=3))
    found = await simulate(scoring, STRICTER, batch=batch)
    assert (found["state"], found["percent"], found["customers"], found["done"]) == ("done", 100.0, 30, 30)
    assert (found["moved"], found["compared_with"], found["version"]) == (30, 1, 2)
    assert moved(found, "loyalty_level") == {
        ("satisfied", "none"): 1,
        ("trusting", "none"): 2,
        ("behaviourally_loyal", "none"): 27,
    }
    assert moved(found, "abc_class") == {}
    satisfaction = next(one for one in found["figures"] if one["of"] == "satisfaction")
    assert (satisfaction["before"]["mean"], satisfaction["after"]["mean"]) == (70.0, 50.0)
    assert [await scoring.count(table) for table in TABLES] == before
    assert await scoring.statistics(UUID(int=3)) == statistics
    assert await states(scoring) == {1: "active", 2: "simulated"}


async def test_what_it_foretells_is_what_happens(scoring: ScoringService) -> None:
    """Other margins and other shares at once: other statistics, and boundaries computed from them."""
    await fill(scoring)
    await scoring.post("/v1/portfolio", 201)
    await scoring.rescore()
    patch = {"portfolio": {"a_share": "0.30"}, "money": {"default_margin_rate": "0.5"}, **STRICTER}
    found = await simulate(scoring, patch, batch=7)
    assert (await act(scoring, 2, "activate")).status_code == 200
    while await scoring.rescore() > 1:
        pass
    in_a = sum(one["after"] for one in found["classes"] if (one["of"], one["value"]) == ("abc_class", "A"))
    assert in_a == (await scoring.read("/v1/portfolio"))["a"]["customers"]
    assert in_a < sum(one["before"] for one in found["classes"] if (one["of"], one["value"]) == ("abc_class", "A"))
    told = {event.customer_id: event for event in await scoring.told()}
    for one in (await scoring.read(f"/v1/simulations/{found['simulation_id']}/moves", limit=200))["items"]:
        event = told[UUID(one["customer_id"])]
        for name, (_, after) in one["classes"].items():
            if name in ("loyalty_level", "abc_class", "lifecycle_stage"):
                assert getattr(event, name) == after
        assert event.realised_value.minor == one["figures"]["realised_value"][1]


async def test_movers_are_paged_filtered_and_exported(scoring: ScoringService) -> None:
    await fill(scoring, 9)
    found = await simulate(scoring, {"lifecycle": {"formation_purchase_days": 4}})
    address = f"/v1/simulations/{found['simulation_id']}/moves"
    assert moved(found, "lifecycle_stage") == {("formation", "exploration"): 2}
    page = await scoring.read(address, limit=1)
    rest = await scoring.read(address, limit=1, cursor=page["next_cursor"])
    assert [one["customer_id"] for one in (*page["items"], *rest["items"])] == [str(UUID(int=2)), str(UUID(int=3))]
    assert rest["next_cursor"] is None
    assert page["items"][0]["classes"] == {"lifecycle_stage": ["formation", "exploration"]}
    filtered = await scoring.read(address, of="lifecycle_stage", before="formation", after="exploration")
    assert len(filtered["items"]) == 2
    assert (await scoring.read(address, of="lifecycle_stage", after="decline"))["items"] == []
    assert (await scoring.read(address, of="abc_class"))["items"] == []
    mistyped = await scoring.client.get(address, params={"of": "lifecycle"})
    assert (problem(mistyped), "lifecycle_stage" in mistyped.text) == ((422, "class_unknown", "of"), True)
    assert problem(await scoring.client.get(f"{address}.csv", params={"before": "A"})) == (422, "class_missing", "of")
    content = (await scoring.client.get(f"{address}.csv")).content
    rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))
    assert [row["lifecycle_stage_after"] for row in rows] == ["exploration", "exploration"]
    assert rows[0]["abc_class_before"] == ""
    (sample, _) = await scoring.read_list(f"/v1/simulations/{found['simulation_id']}/samples", of="lifecycle_stage")
    assert (sample["before"], sample["after"]) == ("formation", "exploration")
    rules = {one["rule"] for one in sample["reasons"] if one["of"] == "stage"}
    assert rules == {"stage_formation", "stage_exploration"}


async def test_who_the_draft_cannot_count_is_said(scoring: ScoringService) -> None:
    await scoring.apply(interaction_event(customer_id=uuid4(), amount=Money(minor=100, currency="USD")))
    await scoring.apply(interaction_event())
    found = await simulate(scoring, {"money": {"rates": {"USD": None}}})
    assert (found["skipped"], found["done"]) == (1, 2)


async def test_a_dead_worker_is_followed_by_another(scoring: ScoringService) -> None:
    await fill(scoring, 9)
    await draft(scoring, STRICTER)
    await scoring.post("/v1/policies/2/simulations", 202)
    async with scoring.database.transaction() as session:
        assert await use_cases.claim_portion(session, wall=wall_now() - days(1)) is not None
    await asyncio.gather(*(scoring.simulate(batch=2) for _ in range(3)))
    (found,) = (await scoring.read("/v1/policies/2/simulations"))["items"]
    assert (found["state"], found["done"], found["moved"]) == ("done", 9, 9)


async def test_it_can_be_cancelled(scoring: ScoringService) -> None:
    await fill(scoring, 5)
    await draft(scoring, STRICTER)
    asked = await scoring.post("/v1/policies/2/simulations", 202)
    address = f"/v1/simulations/{asked['simulation_id']}"
    assert (await scoring.post(f"{address}/cancel", 200))["state"] == "cancelled"
    assert await scoring.simulate() == 0
    assert problem(await scoring.client.post(f"{address}/cancel"))[:2] == (409, "simulation_ended")
    assert await states(scoring) == {1: "active", 2: "draft"}


async def test_a_draft_changed_meanwhile_was_not_simulated(scoring: ScoringService) -> None:
    await fill(scoring, 3)
    await draft(scoring, STRICTER)
    await scoring.post("/v1/policies/2/simulations", 202)
    change = {"patch": {"satisfaction": {"baseline": 40}}, **WHY}
    await scoring.client.patch("/v1/policies/2", json=change, headers={"If-Match": '"1"'})
    await scoring.simulate()
    assert await states(scoring) == {1: "active", 2: "draft"}


async def test_only_drafts_are_simulated(scoring: ScoringService) -> None:
    version = await put_in_force(scoring, STRICTER)
    answer = await scoring.client.post(f"/v1/policies/{version}/simulations")
    assert problem(answer)[:2] == (409, "policy_state")
    missing = await scoring.client.get(f"/v1/simulations/{uuid4()}")
    assert problem(missing)[:2] == (404, "simulation_unknown")
