"""What was taken back, and who customers are: both reach the score, in whatever order they come."""

import asyncio
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import pytest

from shared.clock import wall_now
from shared.contracts import interaction
from shared.contracts.common import Money
from shared.contracts.customer import CustomerChanged
from shared.contracts.envelope import Event
from tests.support.factories.scoring import CUSTOMER, START, customer_event, days, event_of, interaction_event
from tests.support.scoring_service import ScoringService


def account(version: int = 2, customer_id: UUID = CUSTOMER, **values: Any) -> Event[Any]:
    facts = {
        "customer_id": customer_id,
        "version": version,
        "kind": "organisation",
        "lifecycle": "active",
        "language": "en",
        "time_zone": "Asia/Shanghai",
        "registered_at": START,
    }
    return event_of(CustomerChanged.model_validate(facts | values))


def changed(at: datetime, **values: Any) -> Event[Any]:
    event = account(**values)
    return replace(event, envelope=event.envelope.model_copy(update={"time": at}))


@pytest.mark.parametrize("late", [False, True])
async def test_what_was_taken_back_is_remembered_however_it_arrived(scoring: ScoringService, late: bool) -> None:
    """The contact is gone for ten days only: told in one batch with the return, or after it."""
    there, gone = ({"active": 1, "executives": 0, "main": one} for one in ("present", "gone"))
    scoring.clock.move_to(START + days(60))
    await scoring.apply(interaction_event(at=START))
    await scoring.know(changed(START, version=2, contacts=there))
    between = changed(START + days(20), version=3, contacts=gone)
    back = changed(START + days(30), version=4, contacts=there)
    if late:
        await scoring.know(back)
        await scoring.know(between)
    else:
        await scoring.know(between, back)

    async def risky(day: float) -> bool:
        shown = await scoring.score(as_of=(START + days(day)).isoformat())
        return "contact_gone" in {reason["rule"] for reason in shown["churn_risk"]["reasons"]}

    assert [await risky(day) for day in (10, 25, 40)] == [False, True, False]


async def test_before_the_first_profile_both_questions_have_one_answer(scoring: ScoringService) -> None:
    gone = {"active": 1, "executives": 0, "main": "gone"}
    scoring.clock.move_to(START + days(60))
    await scoring.apply(interaction_event(at=START))
    await scoring.know(changed(START + days(30), version=2, contacts=gone))
    moment = (START + days(5)).isoformat()
    plain = await scoring.score(as_of=moment)
    assert await scoring.score(as_of=moment, known_at=wall_now().isoformat()) == plain
    assert "contact_gone" in {reason["rule"] for reason in plain["churn_risk"]["reasons"]}


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0)])
async def test_a_score_of_the_past_is_of_the_customer_as_they_were(
    scoring: ScoringService, order: tuple[int, ...]
) -> None:
    """Whose main contact left on day 20, and whose new one was told of on day 40; version 3 says nothing new."""
    there, gone = ({"active": 1, "executives": 0, "main": one} for one in ("present", "gone"))
    scoring.clock.move_to(START + days(60))
    await scoring.apply(interaction_event(at=START))
    told = [
        changed(START, version=2, contacts=there),
        changed(START + days(20), version=4, contacts=gone),
        changed(START + days(40), version=5, contacts=there),
    ]
    await scoring.know(told[order[0]])
    first_known_at = wall_now().isoformat()
    for place in order[1:]:
        await scoring.know(told[place])
    await scoring.know(changed(START + days(10), version=3, contacts=there), *told)
    assert await scoring.count("profile_history") == 4

    async def risky(day: float, **moment: Any) -> bool:
        shown = await scoring.score(as_of=(START + days(day)).isoformat(), **moment)
        return "contact_gone" in {reason["rule"] for reason in shown["churn_risk"]["reasons"]}

    assert [await risky(day) for day in (0, 19, 21, 41)] == [False, False, True, False]
    assert await risky(21, known_at=wall_now().isoformat())
    assert not await risky(21, known_at=first_known_at)


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0)])
async def test_a_void_takes_its_interaction_back_whichever_comes_first(
    scoring: ScoringService, order: tuple[int, ...]
) -> None:
    scoring.clock.move_to(START + days(10))
    kept, taken = interaction_event(at=START), interaction_event(at=START + days(1))
    void = interaction_event(
        interaction.InteractionVoided, START + days(2), voided_interaction_id=taken.data.interaction_id
    )
    for place in order:
        await scoring.apply([kept, taken, void][place])
    shown = await scoring.score()
    assert shown["realised_value"]["value"]["minor"] == 3_000
    assert (await scoring.told())[-1].realised_value.minor == 3_000
    then = await scoring.score(as_of=(START + days(1)).isoformat())
    assert then["realised_value"]["value"]["minor"] == 6_000


async def test_an_amended_purchase_counts_as_it_was_amended(scoring: ScoringService) -> None:
    wrong = interaction_event(at=START)
    right = interaction_event(at=START, amends=wrong.data.interaction_id, amount=Money(minor=50_000, currency="CNY"))
    void = interaction_event(
        interaction.InteractionVoided,
        START,
        voided_interaction_id=wrong.data.interaction_id,
        replaced_by=right.data.interaction_id,
    )
    await scoring.apply(wrong, void, right)
    await scoring.apply(wrong, void, right)
    assert (await scoring.score())["realised_value"]["value"]["minor"] == 15_000


@pytest.mark.parametrize("known_first", [True, False])
async def test_what_an_account_is_reaches_its_score(scoring: ScoringService, *, known_first: bool) -> None:
    told = account(contacts={"active": 1, "executives": 0, "left": 1, "main": "gone"})
    if known_first:
        await scoring.know(customer_event(), told)
    await scoring.apply(interaction_event())
    if not known_first:
        await scoring.know(told, customer_event())
    shown = await scoring.score(language="en")
    assert shown["partnership_stage"]["value"] == "initial"
    assert [reason["rule"] for reason in shown["churn_risk"]["reasons"]] == ["contact_gone"]
    last = (await scoring.told())[-1]
    assert (last.partnership_stage, last.churn_reasons) == ("initial", ("contact_gone",))


async def test_a_partnership_ripens_when_it_is_due(scoring: ScoringService) -> None:
    await scoring.know(account())
    await scoring.apply(interaction_event())
    while (due := await scoring.due_at()) is not None:
        scoring.clock.move_to(due)
        await scoring.review()
    stages = [told.partnership_stage for told in await scoring.told()]
    assert list(dict.fromkeys(stages)) == ["initial", "stable", "deep", "symbiosis"]


async def test_older_news_of_a_customer_changes_nothing(scoring: ScoringService) -> None:
    await scoring.apply(interaction_event())
    await scoring.know(account(version=3, abuse_flags_active=1))
    told = len(await scoring.told())
    await scoring.know(account(version=2))
    statistics = await scoring.statistics()
    assert statistics is not None
    assert statistics.more.profile is not None
    assert statistics.more.profile.abuse_flags == 1
    assert len(await scoring.told()) == told


async def test_profiles_and_first_facts_that_meet_lose_nothing(scoring: ScoringService) -> None:
    customers = [uuid4() for _ in range(20)]
    await asyncio.gather(
        *(scoring.know(account(customer_id=one)) for one in customers),
        *(scoring.apply(interaction_event(customer_id=one)) for one in customers),
    )
    for one in customers:
        assert (await scoring.score(one))["partnership_stage"] is not None


async def test_a_new_policy_keeps_who_customers_are(scoring: ScoringService) -> None:
    await scoring.know(account())
    await scoring.apply(interaction_event())
    await scoring.rescore()
    assert (await scoring.score())["partnership_stage"]["value"] == "initial"
    assert (await scoring.read("/v1/status"))["customers"] == 1


async def test_the_cost_to_serve_is_told_by_kind(scoring: ScoringService) -> None:
    await scoring.apply(
        interaction_event(),
        interaction_event(interaction.CallRecorded),
        interaction_event(interaction.VisitRecorded, cost_to_serve=Money(minor=1_234, currency="CNY")),
    )
    cost = (await scoring.score(language="en"))["cost_to_serve"]
    assert cost["value"]["minor"] == 800 + 1_234
    assert [reason["sentence"] for reason in cost["reasons"]] == [
        "1 time a call cost 8.00 CNY.",
        "1 time a visit in the shop cost 12.34 CNY.",
    ]
