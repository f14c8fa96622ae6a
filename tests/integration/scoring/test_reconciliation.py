"""The facts are a copy of the interaction service's log: its sums are held against theirs."""

from typing import Any

from shared.contracts import interaction
from shared.contracts.common import Money
from tests.support.answers import problem
from tests.support.factories.scoring import interaction_event
from tests.support.scoring_service import ScoringService

ADDRESS = "/v1/reconciliation/comparison"
THEIRS: list[dict[str, Any]] = [
    {"kind": "purchase", "currency": "CNY", "count": 2, "amount_minor": 20_000},
    {"kind": "purchase", "currency": "USD", "count": 1, "amount_minor": 500},
    {"kind": "visit", "currency": None, "count": 1, "amount_minor": None},
    {"kind": "complaint_resolution", "currency": None, "count": 1, "amount_minor": None},
    {"kind": "note", "currency": None, "count": 4, "amount_minor": None},
]


async def fill(scoring: ScoringService) -> None:
    dollars = interaction_event(amount=Money(minor=500, currency="USD"))
    visit = interaction_event(interaction.VisitRecorded)
    resolution = interaction_event(interaction.ComplaintResolved)
    await scoring.apply(interaction_event(), interaction_event(), dollars, visit, resolution)


async def compare(scoring: ScoringService, totals: list[dict[str, Any]]) -> dict[str, Any]:
    return await scoring.post(ADDRESS, 200, {"as_of": "2026-11-25T00:00:00Z", "count": 4, "totals": totals})


async def test_the_same_sums_have_no_gap_and_what_becomes_no_fact_is_none(scoring: ScoringService) -> None:
    await fill(scoring)
    assert await compare(scoring, THEIRS) == {"identical": True, "gaps": []}


async def test_every_difference_is_named(scoring: ScoringService) -> None:
    await fill(scoring)
    other = [{**THEIRS[0], "amount_minor": 20_001}, {**THEIRS[1], "currency": "EUR"}, THEIRS[2], THEIRS[3]]
    found = await compare(scoring, other)
    assert found["identical"] is False
    assert [(gap["currency"], gap["theirs"], gap["ours"]) for gap in found["gaps"]] == [
        ("CNY", {"count": 2, "amount_minor": 20_001}, {"count": 2, "amount_minor": 20_000}),
        ("EUR", {"count": 1, "amount_minor": 500}, None),
        ("USD", None, {"count": 1, "amount_minor": 500}),
    ]


async def test_a_document_without_totals_is_refused(scoring: ScoringService) -> None:
    assert problem(await scoring.client.post(ADDRESS, json={"count": 1})) == (422, "validation_failed", "totals")
