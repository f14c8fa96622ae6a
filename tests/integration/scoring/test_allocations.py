"""Allocations over HTTP: by the classes of real scores, kept with their rule, paged and as CSV."""

import csv
import io
from typing import Any
from uuid import UUID, uuid4

from shared.contracts.common import Money
from tests.support.answers import problem
from tests.support.factories.scoring import START, days, interaction_event
from tests.support.scoring_service import ScoringService

ADDRESS = "/v1/allocations"


async def classified(scoring: ScoringService, customers: int = 25) -> list[UUID]:
    """Customers whose purchases rise from one to the next, the best last, with classes told."""
    ids = [UUID(int=number + 1) for number in range(customers)]
    await scoring.apply(
        *(
            interaction_event(customer_id=customer, at=START, amount=Money(minor=10_000 * 2**place, currency="CNY"))
            for place, customer in enumerate(ids)
        )
    )
    scoring.clock.move_to(START + days(1))
    await scoring.post("/v1/portfolio", 201)
    await scoring.rescore()
    return ids


async def allocate(scoring: ScoringService, **body: Any) -> dict[str, Any]:
    answer = await scoring.client.post(ADDRESS, json={"name": "gift boxes", "supply": 100, **body})
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


async def test_everybody_with_a_class_shares_and_the_rule_is_kept(scoring: ScoringService) -> None:
    ids = await classified(scoring)
    kept = await allocate(scoring)
    assert (kept["allocated"], kept["customers"], kept["left_out"]) == (100, len(ids), 0)
    assert kept["rule"] == {"class_weights": {"A": 5, "B": 3, "C": 1}, "value_share": "0.50", "minimum": 0}
    assert await scoring.read(f"{ADDRESS}/{kept['allocation_id']}") == kept
    first = await scoring.read(f"{ADDRESS}/{kept['allocation_id']}/lines", limit=20)
    rest = await scoring.read(f"{ADDRESS}/{kept['allocation_id']}/lines", limit=20, cursor=first["next_cursor"])
    lines = first["items"] + rest["items"]
    assert [line["rank"] for line in lines] == list(range(1, len(ids) + 1))
    assert (lines[0]["customer_id"], lines[0]["abc_class"]) == (str(ids[-1]), "A")
    assert sum(line["units"] for line in lines) == 100


async def test_lists_go_on_after_the_latest(scoring: ScoringService) -> None:
    await classified(scoring)
    made = [(await allocate(scoring, name=name))["allocation_id"] for name in ("one", "two", "three")]
    page = await scoring.read(ADDRESS, limit=2)
    rest = await scoring.read(ADDRESS, limit=2, cursor=page["next_cursor"])
    assert [one["allocation_id"] for one in page["items"] + rest["items"]] == made[::-1]


async def test_csv_holds_every_line(scoring: ScoringService) -> None:
    ids = await classified(scoring)
    kept = await allocate(scoring, customers=[{"customer_id": str(one), "wanted": 3} for one in ids[:5]])
    answer = await scoring.client.get(f"{ADDRESS}/{kept['allocation_id']}/lines.csv")
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert [(row["units"], row["limited_by"]) for row in rows] == [("3", "wanted")] * 5
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"


async def test_who_has_no_class_is_left_out_and_counted(scoring: ScoringService) -> None:
    ids = await classified(scoring)
    kept = await allocate(scoring, customers=[{"customer_id": str(one)} for one in (ids[0], uuid4())])
    assert (kept["customers"], kept["left_out"]) == (1, 1)


async def test_what_cannot_be_shared_is_refused(scoring: ScoringService) -> None:
    body = {"name": "gift boxes", "supply": 100}
    assert problem(await scoring.client.post(ADDRESS, json=body)) == (422, "no_candidates", "customers")
    twice = {"customers": [{"customer_id": str(UUID(int=1))}] * 2}
    assert problem(await scoring.client.post(ADDRESS, json=body | twice))[2] == "customers"
    assert problem(await scoring.client.post(ADDRESS, json=body | {"supply": 0}))[2] == "supply"
    assert problem(await scoring.client.get(f"{ADDRESS}/{uuid4()}"))[:2] == (404, "allocation_unknown")
    assert problem(await scoring.client.get(f"{ADDRESS}/{uuid4()}/lines.csv"))[:2] == (404, "allocation_unknown")
