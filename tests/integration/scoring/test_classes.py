"""Classes by value and potential: marked by a snapshot, told, listed, explained, and lifted."""

from typing import Any
from uuid import UUID, uuid4

import pytest

from shared.contracts import interaction
from shared.contracts.common import Money
from tests.support.answers import problem
from tests.support.factories.scoring import CUSTOMER, START, days, interaction_event
from tests.support.scoring_service import ScoringService

TODAY = START + days(400)


async def buy(scoring: ScoringService, customer_id: UUID, number: int, *, every: int = 20) -> None:
    """So many purchases, the last one today, each one earning 30.00."""
    events = [interaction_event(at=TODAY - days(every * back), customer_id=customer_id) for back in range(number)]
    await scoring.apply(*events)


@pytest.fixture
async def marked(scoring: ScoringService) -> list[UUID]:
    """Twenty customers with 1 to 20 purchases, rescored after a snapshot of them."""
    scoring.clock.move_to(TODAY)
    customers = [uuid4() for _ in range(20)]
    for number, customer_id in enumerate(customers, start=1):
        await buy(scoring, customer_id, number)
    await scoring.post("/v1/portfolio", 201)
    await scoring.rescore()
    return customers


async def test_a_snapshot_marks_quadrants_and_peers(scoring: ScoringService, marked: list[UUID]) -> None:
    shown = await scoring.read("/v1/portfolio")
    assert shown["quadrants"] == {
        "core_minimum": {"minor": 19 * 3_000, "currency": "CNY"},  # of 20 purchases 19 lie within the last 365 days
        "maintain_minimum": {"minor": 11 * 3_000, "currency": "CNY"},
        "potential_minimum": {
            "minor": 11 * 3_000,
            "currency": "CNY",
        },  # the best quarter buy on 16 days, the fifth on 5
    }
    (peers,) = shown["peers"]
    assert (peers["group"], peers["customers"], peers["purchase_days"]) == ("", 20, 16)
    assert len(marked) == 20


async def test_the_list_is_narrowed_by_class(scoring: ScoringService, marked: list[UUID]) -> None:
    async def listed(**wanted: Any) -> list[UUID]:
        page = await scoring.read("/v1/scores", order="realised_value", **wanted)
        return [UUID(item["customer_id"]) for item in page["items"]]

    assert await listed(quadrant="core") == marked[:17:-1]
    assert await listed(quadrant="high_potential") == marked[4::-1]
    assert await listed(quadrant="maintain", abc_class="A") == marked[17:9:-1]
    assert await listed(lifecycle_stage="exploration") == [marked[0]]
    assert await listed(loyalty_level="trusting") == marked[4:1:-1]
    assert await listed(churn_risk_from=1) == []
    assert problem(await scoring.client.get("/v1/scores", params={"quadrant": "best"}))[2] == "quadrant"


async def test_the_list_of_risks_begins_with_the_greatest(scoring: ScoringService, marked: list[UUID]) -> None:
    complaint = interaction_event(interaction.ComplaintOpened, TODAY, customer_id=marked[7])
    again = interaction_event(interaction.ComplaintOpened, TODAY, customer_id=marked[8], case="c-2")
    resolved = interaction_event(interaction.ComplaintResolved, TODAY, customer_id=marked[8], case="c-2")
    reopened = interaction_event(interaction.ComplaintOpened, TODAY + days(1), customer_id=marked[8], case="c-2")
    scoring.clock.move_to(TODAY + days(1))
    await scoring.apply(complaint, again, resolved, reopened)
    page = await scoring.read("/v1/scores", order="churn_risk", churn_risk_from=10)
    assert [(UUID(item["customer_id"]), item["churn_risk"]) for item in page["items"]] == [
        (marked[8], 20.0),
        (marked[7], 10.0),
    ]
    assert page["items"][0]["churn_reasons"] == ["complaint_pending"]
    told = (await scoring.told(marked[8]))[-1]
    assert (told.churn_risk, told.churn_reasons) == (20.0, ("complaint_pending",))


async def test_a_class_says_what_would_lift_it_and_doing_so_does(scoring: ScoringService, marked: list[UUID]) -> None:
    customer_id = marked[9]
    shown = await scoring.score(customer_id, explain="true", language="en")
    assert shown["quadrant"]["value"] == "optimise"
    assert shown["quadrant"]["service"]["contact"] == "message"
    (margin,) = [lift for lift in shown["quadrant"]["lifts"] if lift["rule"] == "lift_margin"]
    assert margin["sentence"] == "A margin of +30.00 CNY would lift the quadrant to maintain."
    earned = Money(minor=margin["evidence"]["margin"], currency="CNY")
    await scoring.apply(interaction_event(at=TODAY, customer_id=customer_id, amount=earned, margin=earned))
    assert (await scoring.score(customer_id))["quadrant"]["value"] == "maintain"


async def test_lifts_are_left_out_unless_reasons_are_asked_for(scoring: ScoringService, marked: list[UUID]) -> None:
    shown = await scoring.score(marked[3])
    assert {shown[name]["lifts"] for name in ("quadrant", "abc_class", "loyalty_level", "lifecycle_stage")} == {None}


async def test_time_alone_moves_a_quadrant_when_it_is_due(scoring: ScoringService, marked: list[UUID]) -> None:
    """In silence the core customer declines, and a year later nothing of the last twelve months is left."""
    core, seen = marked[-1], []
    while (due := await scoring.due_at(core)) is not None:
        scoring.clock.move_to(due)
        await scoring.review()
        seen.append((await scoring.told(core))[-1].quadrant)
    assert seen[-1] == "optimise"
    assert await scoring.count("scores") == 20
    assert CUSTOMER not in marked
