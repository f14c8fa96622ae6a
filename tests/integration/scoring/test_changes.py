"""The feed of changed customers: whoever follows hears of everybody, once."""

import asyncio

import pytest

from services.scoring.scores.consumers import InteractionHandler
from shared.contracts.common import Money
from shared.db.session import driver
from tests.support import outbox
from tests.support.eventually import eventually
from tests.support.factories.scoring import START, days, interaction_event
from tests.support.policy_api import put_in_force
from tests.support.scoring_service import ScoringService
from tests.support.segments import BUYERS, CUSTOMERS, create, fill, members, moves, profile


@pytest.mark.parametrize("batch", [1, 500])
async def test_other_rates_move_those_without_facts_and_those_whose_facts_count_no_longer(
    scoring: ScoringService, batch: int
) -> None:
    """One has bought, one never has, and one in a currency that has no rate any more."""
    scoring.clock.move_to(START + days(10))
    wallet = [{"category": "tea", "yearly": Money(minor=1_000_00, currency="USD")}]
    await scoring.know(*(profile(one, kind="organisation", wallet=wallet) for one in CUSTOMERS[:3]))
    pounds = Money(minor=10_00, currency="GBP")
    await scoring.apply(
        interaction_event(customer_id=CUSTOMERS[0]), interaction_event(customer_id=CUSTOMERS[2], amount=pounds)
    )
    await scoring.rescore()
    made = await create(scoring, {"field": "wallet", "at_least": 8_000}, "large wallets")
    await scoring.keep_segments()
    assert await members(scoring, made) == set()
    await outbox.forget_published(scoring.database)
    await put_in_force(scoring, {"money": {"rates": {"USD": "8.00", "GBP": None}}})
    await scoring.rescore(batch)
    assert (await scoring.read("/v1/status"))["rescoring"]["skipped"] == 1
    await scoring.keep_segments()
    assert await members(scoring, made) == set(CUSTOMERS[:3])
    assert sorted(await moves(scoring)) == [(True, one, True) for one in CUSTOMERS[:3]]


async def test_who_changes_is_marked_once_for_each_follower(scoring: ScoringService) -> None:
    await fill(scoring)
    made = await create(scoring, BUYERS)
    await scoring.keep_segments()
    replay = await scoring.post("/v1/replays", 202, {"reason": "a test"})
    await scoring.replay()
    await scoring.know(profile(CUSTOMERS[0], kind="organisation", region="CN-31"), profile(CUSTOMERS[5], tags=["tea"]))
    await scoring.apply(interaction_event(customer_id=CUSTOMERS[1], at=START + days(9)))
    followed = await scoring.read(f"/v1/replays/{replay['replay_id']}")
    segment = await scoring.read(f"/v1/segments/{made['segment_id']}")
    assert (segment["waiting"], followed["waiting"]) == (3, 2)
    await scoring.keep_segments()
    assert (await scoring.read(f"/v1/replays/{replay['replay_id']}"))["waiting"] == 2


async def test_nobody_is_lost_between_the_first_look_and_the_feed(scoring: ScoringService) -> None:
    """A batch that is under way while everybody is about to be taken in has either ended by then or is marked."""
    await fill(scoring)
    late = interaction_event(customer_id=CUSTOMERS[0], at=START + days(2))
    async with scoring.database.transaction() as session:
        await InteractionHandler(scoring.teller)(session, [late])
        made = asyncio.create_task(create(scoring, BUYERS))

        async def waits() -> bool:
            found = await (await driver(session)).fetchval(
                "SELECT count(*) FROM pg_locks WHERE relation = 'changed_customers'::regclass AND NOT granted"
            )
            return bool(found)

        await eventually(waits)
    segment = await made
    await scoring.keep_segments()
    assert CUSTOMERS[0] in await members(scoring, segment)
