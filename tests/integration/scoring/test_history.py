"""Every score told is kept as it was told, and read as a series."""

from uuid import UUID, uuid4

import pytest

from shared.clock import wall_now
from shared.contracts.common import Money
from tests.support.answers import problem
from tests.support.factories.scoring import CUSTOMER, START, customer_event, days, interaction_event
from tests.support.policy_api import put_in_force
from tests.support.scoring_service import ScoringService

ADDRESS = f"/v1/customers/{CUSTOMER}/score/history"


async def buy(scoring: ScoringService, number: int, *, gap: int = 30) -> None:
    for place in range(number):
        scoring.clock.move_to(START + days(gap * place))
        await scoring.apply(interaction_event(at=scoring.clock.now()))


async def test_the_series_is_what_was_told(scoring: ScoringService) -> None:
    await buy(scoring, 5)
    await scoring.apply(interaction_event(customer_id=uuid4()))
    items = (await scoring.read(ADDRESS))["items"]
    told = await scoring.told(CUSTOMER)
    assert len(items) == len(told) == 5
    for item, event in zip(items, told, strict=True):
        assert (item["at"], item["policy_version"]) == (item["as_of"], event.policy_version)
        assert item["figures"]["realised_value"] == event.realised_value.minor
        assert item["figures"]["satisfaction"] == event.satisfaction
        assert item["figures"]["loyalty_level"] == event.loyalty_level
        assert (item["figures"]["currency"], tuple(item["changed"])) == ("CNY", event.changed)


async def test_nothing_in_it_changes_with_late_facts_while_as_of_does(scoring: ScoringService) -> None:
    await buy(scoring, 3)
    before = (await scoring.read(ADDRESS))["items"]
    then = (START + days(45)).isoformat()
    first = (await scoring.score(as_of=then))["realised_value"]["value"]["minor"]
    await scoring.apply(interaction_event(at=START + days(10)))
    assert (await scoring.read(ADDRESS))["items"][:3] == before
    assert (await scoring.score(as_of=then))["realised_value"]["value"]["minor"] == first + 3_000


async def test_steps_carry_on_what_was_told_last(scoring: ScoringService) -> None:
    await buy(scoring, 3)
    scoring.clock.move_to(START + days(69))
    points = (await scoring.read(ADDRESS, step="week"))["items"]
    assert [point["figures"]["realised_value"] for point in points] == [3_000] * 5 + [6_000] * 4 + [9_000]
    assert points[1]["as_of"] == points[0]["at"] != points[1]["at"]
    page = await scoring.read(ADDRESS, step="week", limit=6)
    rest = await scoring.read(ADDRESS, step="week", limit=6, cursor=page["next_cursor"])
    assert page["items"] + rest["items"] == points
    assert rest["next_cursor"] is None


async def test_a_period_is_read_page_by_page(scoring: ScoringService) -> None:
    await buy(scoring, 5)
    period = {"from": (START + days(1)).isoformat(), "to": (START + days(90)).isoformat()}
    answer = await scoring.client.get(ADDRESS, params={**period, "limit": 2})
    rest = await scoring.client.get(ADDRESS, params={**period, "limit": 2, "cursor": answer.json()["next_cursor"]})
    values = [one["figures"]["realised_value"] for one in (*answer.json()["items"], *rest.json()["items"])]
    assert values == [6_000, 9_000, 12_000]
    swapped = await scoring.client.get(ADDRESS, params={"from": period["to"], "to": period["from"]})
    assert problem(swapped) == (422, "period_reversed", "from")


async def test_what_was_known_at_an_instant_leaves_out_what_was_told_later(scoring: ScoringService) -> None:
    await scoring.apply(interaction_event())
    between = wall_now()
    await scoring.apply(interaction_event(amount=Money(minor=50_000, currency="CNY")))
    assert len((await scoring.read(ADDRESS))["items"]) == 2
    (known,) = (await scoring.read(ADDRESS, known_at=between.isoformat()))["items"]
    assert known["figures"]["realised_value"] == 3_000


async def test_a_new_policy_leaves_the_history_before_it_alone(scoring: ScoringService) -> None:
    await scoring.apply(interaction_event())
    await scoring.rescore()
    scoring.clock.move_to(START + days(1))
    await put_in_force(scoring, {"satisfaction": {"baseline": 50}})
    await scoring.rescore()
    first, second = (await scoring.read(ADDRESS))["items"]
    assert (first["policy_version"], first["figures"]["satisfaction"]) == (1, 70.0)
    assert (second["policy_version"], second["figures"]["satisfaction"]) == (2, 50.0)
    assert (first["occasion"], second["occasion"]) == (None, "policy_activated")


async def test_who_was_never_told_of_has_an_empty_history_and_who_is_unknown_none(scoring: ScoringService) -> None:
    await scoring.know(customer_event())
    assert (await scoring.read(ADDRESS))["items"] == []
    assert (await scoring.read(ADDRESS, step="day"))["items"] == []
    answer = await scoring.client.get(f"/v1/customers/{UUID(int=77)}/score/history")
    assert problem(answer)[:2] == (404, "customer_unknown")


@pytest.mark.parametrize("parameters", [{"step": "hour"}, {"from": "yesterday"}, {"cursor": "x", "step": "day"}])
async def test_a_wrong_question_is_refused(scoring: ScoringService, parameters: dict[str, str]) -> None:
    await scoring.apply(interaction_event())
    assert (await scoring.client.get(ADDRESS, params=parameters)).status_code == 400
