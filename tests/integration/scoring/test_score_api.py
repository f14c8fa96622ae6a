"""The score over HTTP: now, as of the past, explained, in two languages; and what is wrong with a question."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text

from shared.clock import wall_now
from shared.contracts import interaction
from shared.contracts.common import Money
from tests.support.answers import problem
from tests.support.factories.scoring import CUSTOMER, START, customer_event, days, interaction_event
from tests.support.scoring_service import ScoringService

ADDRESS = f"/v1/customers/{CUSTOMER}/score"


def figures(shown: dict[str, Any]) -> dict[str, Any]:
    """What must not depend on when it was asked."""
    return {name: value for name, value in shown.items() if name not in ("as_of", "review_at")}


async def test_as_of_a_past_instant_is_what_was_said_then(scoring: ScoringService) -> None:
    said = []
    models = (interaction.PurchaseRecorded, interaction.ComplaintOpened, interaction.SurveyAnswered)
    for number in range(9):
        scoring.clock.move_to(START + days(40 * number + 1))
        await scoring.apply(interaction_event(models[number % 3], START + days(40 * number), case=f"c-{number}"))
        said.append((scoring.clock.now(), await scoring.score()))
    scoring.clock.move_to(START + days(800))
    for instant, shown in said:
        assert await scoring.score(as_of=instant.isoformat()) == shown


async def test_late_facts_are_part_of_the_past(scoring: ScoringService) -> None:
    scoring.clock.move_to(START + days(100))
    await scoring.apply(interaction_event(at=START))
    then = (START + days(50)).isoformat()
    assert (await scoring.score(as_of=then))["realised_value"]["value"]["minor"] == 3_000
    await scoring.apply(interaction_event(at=START + days(20)))
    assert (await scoring.score(as_of=then))["realised_value"]["value"]["minor"] == 6_000


async def test_what_was_known_then_leaves_late_facts_and_later_voids_out(scoring: ScoringService) -> None:
    scoring.clock.move_to(START + days(100))
    first = interaction_event(at=START)
    await scoring.apply(first)
    known_at, then = wall_now().isoformat(), (START + days(50)).isoformat()
    await scoring.apply(interaction_event(at=START + days(20)))
    taken_back = {"voided_interaction_id": first.data.interaction_id}
    await scoring.apply(interaction_event(interaction.InteractionVoided, at=START + days(30), **taken_back))

    async def realised(**moment: Any) -> int:
        return int((await scoring.score(**moment))["realised_value"]["value"]["minor"])

    assert await realised(as_of=then, known_at=known_at) == 3_000
    assert await realised(known_at=known_at) == 3_000
    assert await realised(as_of=then) == await realised() == 3_000
    assert (await scoring.score(as_of=then))["facts"] == 2
    early = await scoring.score(as_of=then, known_at=known_at, explain=True)
    assert early["facts"] == 1
    assert early["realised_value"]["reasons"][0]["events"] == [str(first.data.interaction_id)]
    refused = await scoring.client.get(ADDRESS, params={"known_at": START.isoformat()})
    assert problem(refused) == (422, "known_at_before_first_fact", "known_at")
    # What was taken in before that was written down counts as known.
    async with scoring.database.transaction() as session:
        await session.execute(text("UPDATE facts SET taken_in_at = NULL"))
    assert (await scoring.score(as_of=then, known_at=START.isoformat()))["facts"] == 2


async def test_the_instant_of_a_fact_includes_it(scoring: ScoringService) -> None:
    scoring.clock.move_to(START + days(1))
    await scoring.apply(interaction_event(at=START))
    assert (await scoring.score(as_of=START.isoformat()))["facts"] == 1


@pytest.mark.parametrize(
    ("as_of", "code"),
    [(START - timedelta(microseconds=1), "as_of_before_first_fact"), (START + days(11), "as_of_in_future")],
)
async def test_an_instant_without_score_is_refused(scoring: ScoringService, as_of: Any, code: str) -> None:
    scoring.clock.move_to(START + days(10))
    await scoring.apply(interaction_event(at=START))
    answer = await scoring.client.get(ADDRESS, params={"as_of": as_of.isoformat()})
    assert problem(answer) == (422, code, "as_of")


@pytest.mark.parametrize("value", ["yesterday", "1997-03-01T00:00:00", "857174400", "1e400", ""])
async def test_what_is_no_instant_is_refused(scoring: ScoringService, value: str) -> None:
    await scoring.apply(interaction_event())
    answer = await scoring.client.get(ADDRESS, params={"as_of": value})
    assert answer.status_code in (400, 422)
    assert problem(answer)[2] == "as_of"


@pytest.mark.parametrize("value", ["0001-01-01T00:00:00+14:00", "1969-12-31T23:59:59Z", "9999-12-31T23:59:59-14:00"])
async def test_the_ends_of_the_calendar_are_refused(scoring: ScoringService, value: str) -> None:
    await scoring.know(customer_event())
    assert problem(await scoring.client.get(ADDRESS, params={"as_of": value}))[2] == "as_of"


async def test_an_unknown_customer_is_not_found(scoring: ScoringService) -> None:
    answer = await scoring.client.get(f"/v1/customers/{uuid4()}/score")
    assert problem(answer)[:2] == (404, "customer_unknown")


async def test_a_known_customer_without_facts_has_a_score_that_says_so(scoring: ScoringService) -> None:
    await scoring.know(customer_event())
    shown = await scoring.score(language="en")
    assert shown["facts"] == 0
    assert "No interaction" in shown["notice"]
    assert shown["lifecycle_stage"]["value"] == "exploration"
    assert shown["current_value"]["missing"]["rule"] == "missing_no_model"
    assert shown["satisfaction"]["value"] == 70.0
    assert (await scoring.score(as_of=START.isoformat()))["facts"] == 0


async def test_facts_of_a_customer_not_yet_told_of_are_enough(scoring: ScoringService) -> None:
    await scoring.apply(interaction_event())
    assert (await scoring.score())["facts"] == 1


async def test_reasons_add_up_and_name_their_events(scoring: ScoringService) -> None:
    scoring.clock.move_to(START + days(30))
    bought, returned = interaction_event(), interaction_event(interaction.ReturnRecorded, START + days(1))
    opened = interaction_event(interaction.ComplaintOpened, START + days(2))
    compensation = Money(minor=500, currency="CNY")
    resolved = interaction_event(interaction.ComplaintResolved, START + days(3), compensation=compensation)
    await scoring.apply(bought, returned, opened, resolved)
    shown = await scoring.score(explain="true", language="en")
    realised = shown["realised_value"]
    assert [reason["money"]["minor"] for reason in realised["reasons"]] == [3_000, -600, -500]
    assert realised["value"]["minor"] == 1_900
    assert [reason["events"] for reason in realised["reasons"]] == [
        [bought.envelope.id], [returned.envelope.id], [resolved.envelope.id]
    ]  # fmt: skip
    satisfaction = shown["satisfaction"]
    assert [(reason["rule"], reason["points"]) for reason in satisfaction["reasons"]] == [
        ("baseline", 70.0), ("returns", -4.0), ("complaint", -3.6)
    ]  # fmt: skip
    assert satisfaction["value"] == 62.4
    assert satisfaction["reasons"][2]["events"] == [resolved.envelope.id, opened.envelope.id]
    assert "resolved in time" in satisfaction["reasons"][2]["sentence"]


async def test_sentences_follow_the_reader(scoring: ScoringService) -> None:
    await scoring.apply(interaction_event())
    chinese = await scoring.client.get(ADDRESS, headers={"Accept-Language": "zh-CN,en;q=0.5"})
    english = await scoring.client.get(ADDRESS, headers={"Accept-Language": "en-US"})
    chosen = await scoring.client.get(ADDRESS, params={"language": "en"}, headers={"Accept-Language": "zh"})
    assert "带来毛利 30.00 CNY" in chinese.json()["realised_value"]["reasons"][0]["sentence"]
    assert "brought a margin of 30.00 CNY" in english.json()["realised_value"]["reasons"][0]["sentence"]
    assert [answer.headers["content-language"] for answer in (chinese, english, chosen)] == ["zh-CN", "en", "en"]
    assert problem(await scoring.client.get(ADDRESS, params={"language": "tlh"}))[2] == "language"


async def test_the_list_is_paged_by_value(scoring: ScoringService) -> None:
    customers = [UUID(int=number, version=4) for number in range(1, 8)]
    for number, customer_id in enumerate(customers):
        amount = Money(minor=1_000 * (number // 2 + 1), currency="CNY")
        await scoring.apply(interaction_event(customer_id=customer_id, amount=amount))
    seen: list[dict[str, Any]] = []
    cursor: dict[str, Any] = {}
    while True:
        page = await scoring.read("/v1/scores", order="realised_value", limit=2, **cursor)
        seen += page["items"]
        if page["next_cursor"] is None:
            break
        cursor = {"cursor": page["next_cursor"]}
    assert [item["realised_value"]["minor"] for item in seen] == [1_200, 900, 900, 600, 600, 300, 300]
    assert len({item["customer_id"] for item in seen}) == 7
    assert (await scoring.read("/v1/scores"))["items"] == []


@pytest.mark.parametrize("parameters", [{"order": "name"}, {"cursor": "x"}, {"limit": "0"}])
async def test_a_wrong_question_about_the_list_is_refused(scoring: ScoringService, parameters: dict[str, str]) -> None:
    answer = await scoring.client.get("/v1/scores", params=parameters)
    assert answer.status_code in (400, 422)
    assert problem(answer)[2] in parameters


async def test_reading_needs_a_scope_and_changing_another(scoring: ScoringService) -> None:
    anonymous = await scoring.client.get(ADDRESS, headers={"Authorization": ""})
    assert anonymous.status_code == 401
    for address in ("/v1/policy", "/v1/reconciliation", "/v1/models", "/v1/status"):
        assert (await scoring.client.get(address)).status_code == 200
        assert (await scoring.client.get(address, headers={"Authorization": "Bearer x"})).status_code == 401


async def test_reconciliation_counts_and_sums_as_recorded(scoring: ScoringService) -> None:
    await scoring.apply(
        interaction_event(amount=Money(minor=2_933, currency="USD")),
        interaction_event(amount=Money(minor=67, currency="USD"), customer_id=uuid4()),
        interaction_event(),
        interaction_event(interaction.VisitRecorded),
    )
    assert await scoring.read("/v1/reconciliation") == {
        "count": 4,
        "totals": [
            {"kind": "purchase", "currency": "CNY", "count": 1, "customers": 1, "amount_minor": 10_000},
            {"kind": "purchase", "currency": "USD", "count": 2, "customers": 2, "amount_minor": 3_000},
            {"kind": "visit", "currency": None, "count": 1, "customers": 1, "amount_minor": None},
        ],
    }


async def test_the_policy_is_shown_as_it_can_be_written(scoring: ScoringService) -> None:
    shown = await scoring.read("/v1/policy")
    assert shown["version"] == 1
    assert shown["money"]["rates"]["USD"] == "7.10"
    assert shown["lifetime"]["horizon_months"] == 36
