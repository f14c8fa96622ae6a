"""Everybody rebuilt from the facts beside what is in use, held against it, and put in its place."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from services.scoring.replays import use_cases
from services.scoring.replays.jobs import Replayer
from services.scoring.replays.queries import MOST_AT_THE_SWITCH
from shared.clock import wall_now
from shared.contracts.common import Money
from tests.support.answers import problem
from tests.support.factories.scoring import CUSTOMER, START, customer_event, days, interaction_event
from tests.support.policy_api import put_in_force
from tests.support.scoring_service import ScoringService

LIVE = "SELECT * FROM customer_statistics ORDER BY customer_id"
REBUILT = "SELECT * FROM replayed_statistics ORDER BY customer_id"
LISTED = "SELECT * FROM scores ORDER BY customer_id"
HISTORY = "SELECT customer_id, as_of, told_at, figures::text FROM scores_history ORDER BY 1, 2, 3"


async def rows(scoring: ScoringService, statement: str) -> list[tuple[Any, ...]]:
    async with scoring.database.snapshot() as session:
        return [tuple(row) for row in await session.execute(text(statement))]


async def damage(scoring: ScoringService, statement: str) -> None:
    async with scoring.database.transaction() as session:
        await session.execute(text(statement))


async def buy(scoring: ScoringService, *numbers: int, at: int = 150, minor: int = 10_000) -> None:
    money = Money(minor=minor, currency="CNY")
    await scoring.apply(
        *(interaction_event(at=START + days(at), customer_id=UUID(int=number), amount=money) for number in numbers)
    )


async def fill(scoring: ScoringService, customers: int = 9) -> None:
    scoring.clock.move_to(START + days(151))
    for step in range(3):
        await buy(scoring, *range(1, customers + 1), at=30 * step, minor=1_000 + step)
    await scoring.know(customer_event(customer_id=UUID(int=1)))


async def ask(scoring: ScoringService, **more: Any) -> str:
    asked = await scoring.post("/v1/replays", 202, {"reason": "a test", **more})
    assert (asked["state"], asked["percent"]) == ("queued", 0.0)
    return f"/v1/replays/{asked['replay_id']}"


async def switch(scoring: ScoringService, address: str) -> dict[str, Any]:
    assert (await scoring.post(f"{address}/switch", 202))["state"] == "switching"
    await scoring.replay()
    return await scoring.read(address)


TWO, THREE, FOUR, FIVE, SIX, SEVEN = (UUID(int=number) for number in range(2, 8))


async def damage_seven(scoring: ScoringService) -> None:
    """Of customers 2 to 7 a row each; and 99 has statistics and a score, but no fact."""
    copied = "(SELECT packed FROM customer_statistics AS other WHERE other.customer_id = '{}')"
    await buy(scoring, 99, minor=7_000_00)
    await damage(
        scoring, f"UPDATE customer_statistics SET packed = {copied.format(UUID(int=99))} WHERE customer_id = '{TWO}'"
    )
    await damage(scoring, f"UPDATE customer_statistics SET realised = 1 WHERE customer_id = '{THREE}'")
    await damage(scoring, f"UPDATE scores SET loyalty_level = 'none' WHERE customer_id = '{FOUR}'")
    await damage(scoring, f"DELETE FROM customer_statistics WHERE customer_id = '{FIVE}'")
    await damage(scoring, f"DELETE FROM reviews WHERE customer_id = '{SIX}'")
    await damage(scoring, f"DELETE FROM facts WHERE customer_id = '{UUID(int=99)}'")
    await damage(scoring, f"DELETE FROM scores WHERE customer_id = '{SEVEN}'")


@pytest.mark.parametrize("batch", [2, 500])
async def test_what_is_rebuilt_is_the_same_to_the_digit(scoring: ScoringService, batch: int) -> None:
    await fill(scoring)
    before, history = await rows(scoring, LIVE), await rows(scoring, HISTORY)
    address = await ask(scoring)
    await scoring.replay(batch)
    found = await scoring.read(address)
    assert (found["state"], found["percent"], found["done"], found["equal"]) == ("ready", 100.0, 9, 9)
    assert (found["differences"], found["fields"], found["waiting"]) == ([], [], 0)
    assert await rows(scoring, REBUILT) == before == await rows(scoring, LIVE)
    told = len(await scoring.told())
    found = await switch(scoring, address)
    assert (found["state"], found["told"], found["equal"]) == ("done", 0, 9)
    assert await rows(scoring, LIVE) == before
    assert await rows(scoring, HISTORY) == history
    assert (len(await scoring.told()), await scoring.count("replayed_statistics")) == (told, 0)


async def test_damage_is_found_and_mended(scoring: ScoringService) -> None:
    await fill(scoring)
    statistics, listed, due = [await rows(scoring, one) for one in (LIVE, LISTED, "TABLE reviews")]
    history = await rows(scoring, HISTORY)
    await damage_seven(scoring)
    address = await ask(scoring, silent=True)
    await scoring.replay(batch=2)
    found = await scoring.read(address)
    counts = {one["verdict"]: one["customers"] for one in found["differences"]}
    assert (counts, found["equal"]) == ({"differs": 5, "missing": 1, "surplus": 1}, 3)
    listing = (await scoring.read(f"{address}/differences", limit=4))["items"]
    fields = {one["customer_id"]: {each["field"]: each for each in one["fields"]} for one in listing}
    assert fields[str(TWO)]["statistics.purchases"] == {"field": "statistics.purchases", "live": 1, "rebuilt": 3}
    assert fields[str(TWO)]["score.realised_value"]["rebuilt"] == 901
    assert set(fields[str(THREE)]) == {"columns.realised"}
    assert set(fields[str(FOUR)]) == {"told.loyalty_level"}
    assert await scoring.count("facts") == 27
    (only,) = (await scoring.read(f"{address}/differences", field="review.due_at"))["items"]
    assert only["customer_id"] == str(SIX)
    page = await scoring.read(f"{address}/differences", limit=2)
    rest = await scoring.read(f"{address}/differences", limit=50, cursor=page["next_cursor"])
    assert len(rest["items"]) == 5
    found = await switch(scoring, address)
    assert found["state"] == "done"
    assert all(one["customers"] == one["mended"] for one in found["differences"])
    assert await rows(scoring, LIVE) == statistics
    assert await rows(scoring, LISTED) == listed
    assert sorted(await rows(scoring, "TABLE reviews")) == sorted(due)
    assert set(history) < set(await rows(scoring, HISTORY))
    again = await ask(scoring)
    await scoring.replay()
    assert (await scoring.read(again))["equal"] == 9


async def test_what_arrives_meanwhile_is_in_it_once(scoring: ScoringService) -> None:
    """Between portions, after the last one, and at the very moment of the switch."""
    await fill(scoring)
    address = await ask(scoring)
    replayer = scoring.replayer(batch=4)
    assert await replayer.step()
    assert await replayer.step()
    await buy(scoring, 1, 7, 50)
    while await replayer.step():
        pass
    await buy(scoring, 2, 51)
    assert (await scoring.read(address))["waiting"] == 2
    await scoring.replay()
    found = await scoring.read(address)
    assert (found["done"], found["equal"], found["waiting"]) == (11, 11, 0)
    await buy(scoring, 3, 52)
    await scoring.post(f"{address}/switch", 202)
    numbers = (4, 5, 53)
    await asyncio.gather(
        scoring.replay(), *(buy(scoring, number, at=100 + place) for place, number in enumerate(numbers))
    )
    assert (await scoring.read(address))["state"] == "done"
    await buy(scoring, 1, 54)
    purchases = {
        number: statistics.purchases
        for number in (1, 2, 3, 4, 5, 6, 7, 50, 51, 52, 53, 54)
        if (statistics := await scoring.statistics(UUID(int=number))) is not None
    }
    assert purchases == {1: 5, 2: 4, 3: 4, 4: 4, 5: 4, 6: 3, 7: 4, 50: 1, 51: 1, 52: 1, 53: 1, 54: 1}
    address = await ask(scoring)
    await scoring.replay()
    assert (await scoring.read(address))["equal"] == 14


async def test_another_worker_goes_on_where_a_dead_one_stopped(scoring: ScoringService) -> None:
    await fill(scoring)
    address = await ask(scoring)
    replayer = scoring.replayer(batch=4)
    assert await replayer.step()
    assert await replayer.step()
    async with scoring.database.transaction() as session:
        dead = await use_cases.claim_portion(session, wall=wall_now() - timedelta(days=1))
    assert dead is not None
    assert dead.after_customer == UUID(int=4)
    await scoring.replay(batch=4)
    found = await scoring.read(address)
    assert (found["state"], found["done"], found["equal"]) == ("ready", 9, 9)
    async with scoring.database.transaction() as session:
        await use_cases.begin_anew(session, dead)
    assert (await scoring.read(address))["state"] == "ready"


async def test_it_begins_anew_under_a_policy_that_counts_otherwise(scoring: ScoringService) -> None:
    await fill(scoring)
    await scoring.rescore()
    address = await ask(scoring)
    await scoring.replay()
    await put_in_force(scoring, {"money": {"default_margin_rate": "0.5"}})
    await scoring.replay()
    found = await scoring.read(address)
    assert (found["state"], found["done"], found["equal"]) == ("ready", 9, 0)
    while await scoring.rescore() > 1:
        pass
    await scoring.replay()
    assert (await scoring.read(address))["equal"] == 9


async def test_one_at_a_time_and_discarded(scoring: ScoringService) -> None:
    await fill(scoring, 2)
    address = await ask(scoring)
    body = {"reason": "again"}
    assert problem(await scoring.client.post("/v1/replays", json=body))[:2] == (409, "replay_open")
    assert problem(await scoring.client.post(f"{address}/switch"))[:2] == (409, "replay_state")
    await scoring.replay()
    assert (await scoring.post(f"{address}/discard", 200))["state"] == "discarded"
    assert problem(await scoring.client.post(f"{address}/discard"))[:2] == (409, "replay_state")
    await buy(scoring, 1)
    counts = [await scoring.count(table) for table in ("replayed_statistics", "changed_customers", "change_feed")]
    assert counts == [0, 0, 0]
    assert await scoring.replay() == 0
    await ask(scoring)
    newest = (await scoring.read("/v1/replays", limit=1))["items"][0]
    assert newest["state"] == "queued"
    missing = await scoring.client.get(f"/v1/replays/{CUSTOMER}")
    assert problem(missing)[:2] == (404, "replay_unknown")


async def test_more_touches_than_a_switch_takes_are_worked_off_first(scoring: ScoringService) -> None:
    await fill(scoring)
    address = await ask(scoring)
    await scoring.replay()
    for hour in range(4):
        await buy(scoring, *range(1 + 300 * hour, 301 + 300 * hour), at=150 + hour, minor=10)
    before = await rows(scoring, LIVE)
    assert (await scoring.read(address))["waiting"] == 4 * 300 > 2 * MOST_AT_THE_SWITCH
    assert (await switch(scoring, address))["state"] == "done"
    assert await rows(scoring, LIVE) == before
    assert len(before) == 4 * 300
    assert await scoring.count("changed_customers") == 0


async def test_of_two_that_ask_at_once_one_is_told_of_the_other(scoring: ScoringService) -> None:
    answers = await asyncio.gather(*(scoring.client.post("/v1/replays", json={"reason": "a test"}) for _ in range(4)))
    assert sorted(answer.status_code for answer in answers) == [202, 409, 409, 409]


async def test_a_switch_that_cannot_lock_is_tried_again(scoring: ScoringService) -> None:
    await fill(scoring, 2)
    address = await ask(scoring)
    await scoring.replay()
    await scoring.post(f"{address}/switch", 202)
    replayer: Replayer = scoring.replayer()
    async with scoring.database.snapshot() as reader:
        await reader.execute(text("SELECT count(*) FROM customer_statistics"))
        with pytest.raises(Exception, match="does not answer"):
            await replayer.step()
        assert (await scoring.read(address))["state"] == "switching"
    await scoring.replay()
    assert (await scoring.read(address))["state"] == "done"
