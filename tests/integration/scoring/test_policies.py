"""A policy comes into force for every process at once, and reaches everybody."""

import asyncio
from dataclasses import replace
from pathlib import Path
from uuid import UUID, uuid4

import asyncpg
import pytest
from sqlalchemy import text

from services.scoring.facts import use_cases as facts
from services.scoring.facts.translation import to_fact
from services.scoring.facts.use_cases import ReceivedFact
from shared.contracts.common import Money
from tests.support.eventually import eventually
from tests.support.factories.scoring import CUSTOMER, POLICY, START, days, interaction_event
from tests.support.policy_api import put_in_force, states
from tests.support.postgres import DatabaseFactory
from tests.support.scoring_service import ScoringService, open_scoring_service

STRICTER = {"satisfaction": {"baseline": 50}}
HALF = {"money": {"default_margin_rate": "0.5"}}


async def rescore_all(scoring: ScoringService, batch: int = 500) -> None:
    """Until nothing is left, also of what a rescoring itself makes necessary."""
    while await scoring.rescore(batch) > 1:
        pass


async def test_a_new_database_begins_with_the_policy_of_the_settings_and_keeps_its_own(
    database_factory: DatabaseFactory, tmp_path: Path
) -> None:
    dsn = await database_factory("scoring")
    async with open_scoring_service(dsn, tmp_path) as scoring:
        assert (await scoring.read("/v1/policy"))["satisfaction"]["baseline"] == 70
        await scoring.switch_policy()
        assert await states(scoring) == {1: "active"}
    other = replace(POLICY, version=9, satisfaction=replace(POLICY.satisfaction, baseline=10))
    async with open_scoring_service(dsn, tmp_path, policy=other) as scoring:
        await scoring.switch_policy()
        assert await states(scoring) == {1: "active"}
        assert (await scoring.read("/v1/policy"))["satisfaction"]["baseline"] == 70


async def test_stored_documents_of_earlier_releases_are_completed_when_read(
    database_factory: DatabaseFactory, tmp_path: Path
) -> None:
    dsn = await database_factory("scoring")
    async with open_scoring_service(dsn, tmp_path) as scoring:
        await scoring.switch_policy()
        await put_in_force(scoring, STRICTER)
        shown = await scoring.read("/v1/policy")
        newer = "document - 'churn' - 'lifting' #- '{lifetime,segment_by}' #- '{serving,costs,call}'"
        async with scoring.database.transaction() as session:
            await session.execute(text(f"UPDATE policies SET document = {newer}"))
    async with open_scoring_service(dsn, tmp_path) as scoring:
        found = await scoring.read("/v1/policy")
        del shown["serving"]["costs"]["call"]
        assert found == shown
        assert (found["version"], found["satisfaction"]["baseline"]) == (2, 50)
        await scoring.apply(interaction_event())
        assert (await scoring.score())["policy_version"] == 2


async def test_a_new_policy_is_told_to_everybody_it_moves_and_marked(scoring: ScoringService) -> None:
    await scoring.apply(interaction_event())
    await scoring.rescore()
    assert await put_in_force(scoring, STRICTER) == 2
    assert (await scoring.read("/v1/status"))["rescoring"]["done"] is False
    await scoring.rescore()
    first, second = await scoring.told()
    assert (first.policy_version, first.satisfaction, first.loyalty_level) == (1, 70.0, "satisfied")
    assert (second.policy_version, second.satisfaction, second.loyalty_level) == (2, 50.0, "none")
    assert second.changed == ("satisfaction", "loyalty_level", "loyalty")
    assert (first.occasion, first.silent) == (None, False)
    assert (second.occasion, second.silent) == ("policy_activated", True)
    assert (await scoring.read("/v1/status"))["rescoring"]["done"] is True


async def test_an_activation_may_be_loud(scoring: ScoringService) -> None:
    await scoring.apply(interaction_event())
    await scoring.rescore()
    await put_in_force(scoring, STRICTER, silent=False)
    await scoring.rescore()
    assert ((await scoring.told())[-1].occasion, (await scoring.told())[-1].silent) == ("policy_activated", False)


async def test_every_process_scores_under_it_from_the_next_transaction_on(
    database_factory: DatabaseFactory, tmp_path: Path
) -> None:
    dsn = await database_factory("scoring")
    async with (
        open_scoring_service(dsn, tmp_path) as one,
        open_scoring_service(dsn, tmp_path / "two") as other,
    ):
        await one.apply(interaction_event())
        await other.apply(interaction_event(customer_id=UUID(int=2)))
        await put_in_force(one, STRICTER)
        await other.apply(interaction_event(customer_id=UUID(int=3)))
        assert (await other.told(UUID(int=3)))[-1].policy_version == 2
        assert (await other.score())["satisfaction"]["value"] == 50.0


async def test_the_past_is_scored_under_the_policy_of_the_past(scoring: ScoringService) -> None:
    scoring.clock.move_to(START + days(10))
    await scoring.apply(interaction_event())
    before = await scoring.score(as_of=(START + days(5)).isoformat())
    await put_in_force(scoring, {**STRICTER, **HALF})
    scoring.clock.move_to(START + days(20))
    assert await scoring.score(as_of=(START + days(5)).isoformat()) == before
    later = await scoring.score(as_of=(START + days(15)).isoformat())
    assert (later["policy_version"], later["realised_value"]["value"]["minor"]) == (2, 5_000)


async def test_a_policy_that_counts_otherwise_makes_the_statistics_anew(scoring: ScoringService) -> None:
    await scoring.apply(*(interaction_event(at=START + days(number)) for number in range(3)))
    await scoring.apply(interaction_event(customer_id=uuid4()))
    await scoring.rescore()
    scoring.clock.move_to(START + days(3))
    await put_in_force(scoring, HALF)
    await scoring.apply(interaction_event(at=START + days(3)))
    await rescore_all(scoring, batch=1)
    assert (await scoring.score())["realised_value"]["value"]["minor"] == 20_000
    now = scoring.clock.now().isoformat()
    assert (await scoring.score(as_of=now))["realised_value"]["value"]["minor"] == 20_000
    assert (await scoring.told(CUSTOMER))[-1].realised_value.minor == 20_000


async def test_other_shares_are_computed_before_anybody_is_rescored(scoring: ScoringService) -> None:
    for number in range(25):
        amount = Money(minor=1_000 * (number + 1), currency="CNY")
        await scoring.apply(interaction_event(customer_id=UUID(int=number), amount=amount))
    await scoring.post("/v1/portfolio", 201)
    await scoring.rescore()
    in_a = (await scoring.read("/v1/portfolio"))["a"]["customers"]
    await put_in_force(scoring, {"portfolio": {"a_share": "0.20"}})
    await scoring.rescore()
    portfolio = await scoring.read("/v1/portfolio")
    assert (portfolio["version"], portfolio["policy_version"]) == (2, 2)
    assert portfolio["a"]["customers"] < in_a
    silent = {event.silent for event in await scoring.told() if event.policy_version == 2}
    assert silent == {True}


async def test_what_follows_from_a_refold_is_marked_too(scoring: ScoringService) -> None:
    for number in range(25):
        amount = Money(minor=1_000 * (number + 1), currency="CNY")
        await scoring.apply(interaction_event(customer_id=UUID(int=number), amount=amount))
    await scoring.post("/v1/portfolio", 201)
    await scoring.rescore()
    await put_in_force(scoring, HALF)
    await rescore_all(scoring)
    assert (await scoring.read("/v1/portfolio"))["policy_version"] == 2
    told = [event for event in await scoring.told() if event.policy_version == 2]
    assert {(event.occasion, event.silent) for event in told} == {("policy_activated", True)}
    assert (await scoring.read("/v1/status"))["rescoring"]["done"] is True


async def test_a_batch_under_way_cannot_leave_statistics_of_the_old_policy(scoring: ScoringService) -> None:
    """It has read the old policy for a customer whom the recomputation cannot see yet: that waits for it."""
    await scoring.apply(interaction_event(customer_id=UUID(int=9)))
    await scoring.rescore()
    event = interaction_event(customer_id=UUID(int=1))
    async with scoring.database.transaction() as session:
        received = [ReceivedFact(to_fact(event.data), event.envelope.id, None)]
        news = await facts.store_facts(session, received=received)
        context = await scoring.teller.contexts.load(session)
        await put_in_force(scoring, HALF)
        assert await scoring.rescore() <= 2
        assert (await scoring.read("/v1/status"))["rescoring"]["done"] is False
        folded = facts.fold_news(news, context.measures)
        await facts.keep_states(session, states={one: change.state for one, change in folded.items()})
    await rescore_all(scoring)
    assert (await scoring.score(UUID(int=1)))["realised_value"]["value"]["minor"] == 5_000


async def test_a_transaction_on_another_database_holds_up_nothing(
    scoring: ScoringService, database_factory: DatabaseFactory
) -> None:
    await scoring.apply(interaction_event())
    await scoring.rescore()
    elsewhere = await asyncpg.connect((await database_factory("customer")).replace("+asyncpg", ""))
    try:
        async with elsewhere.transaction():
            await elsewhere.fetchval("SELECT pg_current_xact_id()")
            await put_in_force(scoring, HALF)
            await scoring.rescore()
            assert (await scoring.read("/v1/status"))["rescoring"]["done"] is True
    finally:
        await elsewhere.close()


@pytest.mark.parametrize("batch", [1, 500])
async def test_who_cannot_be_counted_any_more_keeps_their_score_and_holds_up_nobody(
    scoring: ScoringService, batch: int
) -> None:
    foreign, others = UUID(int=2), [UUID(int=1), UUID(int=3)]
    await scoring.apply(interaction_event(customer_id=foreign, amount=Money(minor=100, currency="USD")))
    await scoring.apply(*(interaction_event(customer_id=other) for other in others))
    await scoring.rescore()
    before = await scoring.statistics(foreign)
    await put_in_force(scoring, {"money": {"rates": {"USD": None}, "default_margin_rate": "0.5"}})
    await rescore_all(scoring, batch)
    rescoring = (await scoring.read("/v1/status"))["rescoring"]
    assert (rescoring["scored"], rescoring["skipped"], rescoring["done"]) == (2, 1, True)
    assert [(await scoring.told(other))[-1].policy_version for other in others] == [2, 2]
    assert [score.policy_version for score in await scoring.told(foreign)] == [1]
    assert await scoring.statistics(foreign) == before


async def test_a_recomputation_goes_on_after_a_crash(scoring: ScoringService) -> None:
    customers = [UUID(int=number) for number in range(1, 8)]
    await scoring.apply(*(interaction_event(customer_id=customer) for customer in customers))
    await scoring.rescore()
    await put_in_force(scoring, {**STRICTER, **HALF})
    crashed = asyncio.create_task(scoring.rescore(batch=1))

    async def under_way() -> bool:
        return bool(await scoring.count("scores WHERE policy_version = 2"))

    await eventually(under_way)
    crashed.cancel()
    await asyncio.gather(crashed, return_exceptions=True)
    await rescore_all(scoring, batch=2)
    for customer in customers:
        assert [event.policy_version for event in await scoring.told(customer)] == [1, 2]
    assert (await scoring.read("/v1/status"))["rescoring"]["done"] is True
