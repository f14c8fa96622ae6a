"""A policy's version means the same for ever, and a new one reaches everybody."""

from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from services.scoring.scores.use_cases import rescore_next
from shared.contracts.common import Money
from shared.errors import Conflict
from tests.support.factories.scoring import CUSTOMER, POLICY, START, days, interaction_event
from tests.support.postgres import DatabaseFactory
from tests.support.scoring_service import open_scoring_service

STRICTER = replace(POLICY, satisfaction=replace(POLICY.satisfaction, baseline=50))


async def test_a_version_cannot_come_to_mean_something_else(database_factory: DatabaseFactory, tmp_path: Path) -> None:
    dsn = await database_factory("scoring")
    async with open_scoring_service(dsn, tmp_path) as scoring:
        await scoring.rescore()
        await scoring.rescore()
    async with open_scoring_service(dsn, tmp_path, policy=STRICTER) as scoring:
        with pytest.raises(Conflict) as refusal:
            await scoring.rescore()
        assert refusal.value.code == "policy_version_reused"


async def test_a_new_policy_is_told_to_everybody_it_moves(database_factory: DatabaseFactory, tmp_path: Path) -> None:
    dsn = await database_factory("scoring")
    async with open_scoring_service(dsn, tmp_path) as scoring:
        await scoring.apply(interaction_event())
        await scoring.rescore()
    async with open_scoring_service(dsn, tmp_path, policy=replace(STRICTER, version=2)) as scoring:
        assert (await scoring.read("/v1/status"))["rescoring"]["done"] is False
        await scoring.rescore()
        first, second = await scoring.told()
        assert (first.policy_version, first.satisfaction, first.loyalty_level) == (1, 70.0, "satisfied")
        assert (second.policy_version, second.satisfaction, second.loyalty_level) == (2, 50.0, "none")
        assert second.changed == ("satisfaction", "loyalty_level")
        assert (await scoring.read("/v1/status"))["rescoring"]["done"] is True


async def test_a_policy_that_measures_otherwise_makes_the_statistics_anew(
    database_factory: DatabaseFactory, tmp_path: Path
) -> None:
    dsn = await database_factory("scoring")
    async with open_scoring_service(dsn, tmp_path) as scoring:
        await scoring.apply(*(interaction_event(at=START + days(number)) for number in range(3)))
        await scoring.apply(interaction_event(customer_id=uuid4()))
        await scoring.rescore()
    money = replace(POLICY.money, default_margin_rate=Decimal("0.5"))
    async with open_scoring_service(dsn, tmp_path, policy=replace(POLICY, version=2, money=money)) as scoring:
        scoring.clock.move_to(START + days(3))
        await scoring.apply(interaction_event(at=START + days(3)))
        await scoring.rescore(batch=1)
        assert (await scoring.score())["realised_value"]["value"]["minor"] == 20_000
        assert (await scoring.score(as_of=scoring.clock.now().isoformat()))["realised_value"]["value"][
            "minor"
        ] == 20_000
        assert (await scoring.told(CUSTOMER))[-1].realised_value.minor == 20_000
        assert await scoring.count("rescoring WHERE refold") == 1


@pytest.mark.parametrize("batch", [1, 500])
async def test_who_cannot_be_counted_any_more_keeps_their_score_and_holds_up_nobody(
    database_factory: DatabaseFactory, tmp_path: Path, batch: int
) -> None:
    foreign, others = UUID(int=2), [UUID(int=1), UUID(int=3)]
    dsn = await database_factory("scoring")
    async with open_scoring_service(dsn, tmp_path) as scoring:
        await scoring.apply(interaction_event(customer_id=foreign, amount=Money(minor=100, currency="USD")))
        await scoring.apply(*(interaction_event(customer_id=other) for other in others))
        await scoring.rescore()
        before = await scoring.statistics(foreign)
    rates = {code: rate for code, rate in POLICY.money.rates.items() if code != "USD"}
    money = replace(POLICY.money, rates=rates, default_margin_rate=Decimal("0.5"))
    async with open_scoring_service(dsn, tmp_path, policy=replace(POLICY, version=2, money=money)) as scoring:
        await scoring.rescore(batch=batch)
        rescoring = (await scoring.read("/v1/status"))["rescoring"]
        assert (rescoring["scored"], rescoring["skipped"], rescoring["done"]) == (2, 1, True)
        assert [(await scoring.told(other))[-1].policy_version for other in others] == [2, 2]
        assert [score.policy_version for score in await scoring.told(foreign)] == [1]
        assert await scoring.statistics(foreign) == before


async def test_a_superseded_policy_neither_starts_nor_rescores(
    database_factory: DatabaseFactory, tmp_path: Path
) -> None:
    dsn = await database_factory("scoring")
    async with open_scoring_service(dsn, tmp_path) as old:
        await old.apply(interaction_event())
        await old.rescore()
        async with open_scoring_service(dsn, tmp_path, policy=replace(STRICTER, version=2)) as new:
            await new.rescore()
        async with old.database.transaction() as session:
            assert await rescore_next(session, teller=old.teller, limit=10) is False
        assert await old.count("rescoring WHERE policy_version = 2") == 1
        with pytest.raises(Conflict) as refusal:
            await old.rescore()
        assert refusal.value.code == "policy_superseded"
