"""All customers together over HTTP: the curve, the classes, the map and the cohorts agree with who there is."""

import csv
import io
from typing import Any
from uuid import UUID

from shared.contracts.common import Money
from tests.support.answers import problem
from tests.support.factories.scoring import START, days, interaction_event
from tests.support.scoring_service import ScoringService

CUSTOMERS = [UUID(int=number + 1) for number in range(25)]


async def buy(scoring: ScoringService) -> None:
    """Each buys on the first day, every fifth again two months later; margins are 30 % of rising amounts."""
    first = [
        interaction_event(customer_id=one, at=START, amount=Money(minor=10_000 * (place + 1), currency="CNY"))
        for place, one in enumerate(CUSTOMERS)
    ]
    again = [interaction_event(customer_id=one, at=START + days(62)) for one in CUSTOMERS[::5]]
    await scoring.apply(*first, *again)
    scoring.clock.move_to(START + days(70))
    await scoring.post("/v1/portfolio", 201)
    await scoring.rescore()


async def table(scoring: ScoringService, address: str, **parameters: Any) -> list[dict[str, str]]:
    answer = await scoring.client.get(address, params={"format": "csv", **parameters})
    assert answer.status_code == 200, answer.text
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))


async def test_the_curve_ends_with_all_margin(scoring: ScoringService) -> None:
    await buy(scoring)
    curve = await scoring.read("/v1/portfolio/whale-curve", points=5)
    last = curve["points"][-1]
    assert (last["customers"], last["share_of_customers"], last["share_of_margin"]) == (25, "1.0000", "1.0000")
    assert last["margin_minor"] == (await scoring.read("/v1/portfolio"))["margin"]["minor"]
    assert [row["customers"] for row in await table(scoring, "/v1/portfolio/whale-curve", points=5)] == [
        str(point["customers"]) for point in curve["points"]
    ]


async def test_every_dimension_counts_everybody_once(scoring: ScoringService) -> None:
    await buy(scoring)
    classes = (await scoring.read("/v1/portfolio/distributions"))["classes"]
    dimensions = {one["dimension"] for one in classes}
    assert dimensions == {"loyalty_level", "lifecycle_stage", "abc_class", "quadrant", "churn_band"}
    for dimension in dimensions:
        assert sum(one["customers"] for one in classes if one["dimension"] == dimension) == 25
    portfolio = await scoring.read("/v1/portfolio")
    sizes = {one["value"]: one["customers"] for one in classes if one["dimension"] == "abc_class"}
    assert sizes == {name: portfolio[name.lower()]["customers"] for name in ("A", "B", "C")}
    assert len(await table(scoring, "/v1/portfolio/distributions")) == len(classes)


async def test_the_map_places_everybody_with_a_purchase(scoring: ScoringService) -> None:
    await buy(scoring)
    shown = await scoring.read("/v1/portfolio/map")
    assert sum(cell["customers"] for cell in shown["cells"]) == 25
    by_value = dict.fromkeys(range(1, 6), 0)
    for cell in shown["cells"]:
        by_value[cell["value_band"]] += cell["customers"]
    assert set(by_value.values()) == {5}
    assert len(shown["value_bounds_minor"]) == 4


async def test_cohorts_follow_who_bought_again(scoring: ScoringService) -> None:
    await buy(scoring)
    cohorts = (await scoring.read("/v1/portfolio/cohorts"))["cohorts"]
    assert [(one["cohort"], one["customers"]) for one in cohorts] == [("1997-01-01", 25)]
    assert [(one["months_after"], one["customers"], one["retained"]) for one in cohorts[0]["months"]] == [
        (0, 25, "1.0000"),
        (2, 5, "0.2000"),
    ]
    revenue = sum(month["revenue_minor"] for month in cohorts[0]["months"])
    totals = (await scoring.read("/v1/reconciliation"))["totals"]
    assert revenue == sum(total["amount_minor"] for total in totals if total["kind"] == "purchase")
    assert len(await table(scoring, "/v1/portfolio/cohorts")) == 2


async def test_before_anybody_bought_there_is_nothing_to_show(scoring: ScoringService) -> None:
    assert (await scoring.read("/v1/portfolio/whale-curve"))["points"] == []
    assert (await scoring.read("/v1/portfolio/map"))["cells"] == []
    assert (await scoring.read("/v1/portfolio/cohorts"))["cohorts"] == []
    refused = await scoring.client.get("/v1/portfolio/cohorts", params={"first": "1900-01-01"})
    assert problem(refused) == (422, "months_out_of_range", "first")
