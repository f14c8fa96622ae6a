"""Events become facts, statistics and scores in one transaction, once, however they arrive."""

import asyncio
import random
from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from services.scoring.facts.queries import list_facts
from services.scoring.facts.statistics import EMPTY, fold
from services.scoring.facts.translation import KINDS
from services.scoring.scores.consumers import InteractionHandler
from shared.contracts import interaction
from shared.contracts.common import Money
from shared.contracts.envelope import Event
from shared.contracts.interaction import InteractionRecorded, PurchaseRecorded
from shared.errors import Poison
from tests.support import outbox
from tests.support.factories.scoring import CUSTOMER, MEASURES, START, customer_event, days, interaction_event
from tests.support.scoring_service import ScoringService

_FIRST: Sequence[type[InteractionRecorded]] = (
    interaction.PurchaseRecorded,
    interaction.ReturnRecorded,
    interaction.ComplaintOpened,
    interaction.ComplaintResolved,
    interaction.VisitRecorded,
    interaction.SurveyAnswered,
    interaction.ReferralMade,
)
FIRST_KINDS = [interaction_event(model, START + days(number)) for number, model in enumerate(_FIRST)]
EVERY_KIND = [interaction_event(model, START + days(number)) for number, model in enumerate(KINDS)]


async def assert_statistics_match_facts(scoring: ScoringService, customer_id: UUID = CUSTOMER) -> None:
    async with scoring.database.snapshot() as session:
        facts = await list_facts(session, customer_id)
    assert await scoring.statistics(customer_id) == fold(EMPTY, facts, MEASURES)


async def test_every_kind_is_stored_and_counted(scoring: ScoringService) -> None:
    scoring.clock.move_to(START + days(10))
    await scoring.apply(*EVERY_KIND)
    assert await scoring.count("facts") == len(KINDS)
    await assert_statistics_match_facts(scoring)
    statistics = await scoring.statistics()
    assert statistics is not None
    assert (statistics.facts, statistics.visits, statistics.referrals, len(statistics.cases)) == (len(KINDS), 1, 1, 1)


async def test_duplicates_within_a_batch_and_across_batches_change_nothing(scoring: ScoringService) -> None:
    await scoring.apply(*EVERY_KIND, *EVERY_KIND)
    await assert_statistics_match_facts(scoring)
    before, told = await scoring.statistics(), len(await scoring.told())
    await scoring.apply(*reversed(EVERY_KIND), batch=2)
    assert await scoring.statistics() == before
    assert len(await scoring.told()) == told
    assert await scoring.count("facts") == len(KINDS)
    assert (await scoring.read("/v1/status"))["facts"] == len(KINDS)


@pytest.mark.parametrize("batch", [1, 3, 1000])
async def test_order_and_batching_make_no_difference(scoring: ScoringService, batch: int) -> None:
    scoring.clock.move_to(START + days(400))
    events = [interaction_event(at=START + days(30 * number)) for number in range(12)] + FIRST_KINDS
    random.Random(batch).shuffle(events)
    await scoring.apply(*events, batch=batch)
    await assert_statistics_match_facts(scoring)
    shown = await scoring.score()
    assert shown["realised_value"]["value"]["minor"] == 13 * 3_000 - 600
    # 70 + 20 x (90 - 70) / 120 for the answer, - 20 x 2,000 / 130,000 for the return, the complaint is forgotten.
    assert shown["satisfaction"]["value"] == 73.0


async def test_many_workers_on_the_same_customers_lose_nothing(scoring: ScoringService) -> None:
    """As after rebalances: shares overlap, every event reaches two workers, and all start on unknown customers."""
    customers = [uuid4() for _ in range(5)]
    events = [
        interaction_event(at=START + timedelta(hours=number), customer_id=customers[number % 5])
        for number in range(200)
    ]
    shares = [[*events[worker::8], *events[(worker + 1) % 8 :: 8]] for worker in range(8)]
    for worker, share in enumerate(shares):
        random.Random(worker).shuffle(share)
    await asyncio.gather(*(scoring.apply(*share, batch=7) for share in shares))

    assert await scoring.count("facts") == 200
    status = await scoring.read("/v1/status")
    assert (status["facts"], status["customers"]) == (200, 5)
    for customer_id in customers:
        await assert_statistics_match_facts(scoring, customer_id)
        statistics = await scoring.statistics(customer_id)
        assert statistics is not None
        assert statistics.purchases == 40


async def test_redelivery_after_a_crash_before_the_commit_applies_once(scoring: ScoringService) -> None:
    events = [interaction_event(at=START + days(number)) for number in range(5)]

    async def crash() -> None:
        async with scoring.database.transaction() as session:
            await InteractionHandler(scoring.teller)(session, events)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        await crash()
    assert (await scoring.count("facts"), await scoring.told()) == (0, [])
    await scoring.apply(*events)
    await scoring.apply(*events)
    assert await scoring.count("facts") == 5
    await assert_statistics_match_facts(scoring)


async def test_an_uncountable_event_is_poison_and_leaves_nothing_behind(scoring: ScoringService) -> None:
    foreign = interaction_event(amount=Money(minor=100, currency="XCD"))
    with pytest.raises(Poison) as refusal:
        await scoring.apply(interaction_event(), foreign)
    assert refusal.value.code == "currency_without_rate"
    assert await scoring.count("facts") == 0
    assert await scoring.count("customer_statistics") == 0


async def test_changes_worth_telling_are_told_with_their_cause(scoring: ScoringService) -> None:
    first, second = interaction_event(), interaction_event(at=START + days(3))
    await scoring.apply(first)
    await scoring.apply(second)
    (one, two) = await scoring.told()
    assert "realised_value" in one.changed
    assert "loyalty_level" in one.changed
    assert (one.realised_value.minor, two.realised_value.minor) == (3_000, 6_000)
    assert set(two.changed) == {"realised_value", "lifecycle_stage", "last_12_months", "loyalty"}
    events = await outbox.published(scoring.database)
    assert [event.envelope.causationid for event in events] == [first.envelope.id, second.envelope.id]
    assert [event.customer_id for event in events] == [CUSTOMER, CUSTOMER]


async def test_small_changes_are_not_told(scoring: ScoringService) -> None:
    await scoring.apply(interaction_event(amount=Money(minor=1_000_000, currency="CNY")))
    await scoring.apply(interaction_event(amount=Money(minor=100, currency="CNY")))
    await scoring.apply(interaction_event(interaction.VisitRecorded))
    assert len(await scoring.told()) == 1
    assert (await scoring.score())["realised_value"]["value"]["minor"] == 300_030


async def test_customers_are_known_by_their_newest_version(scoring: ScoringService) -> None:
    known = uuid4()
    await scoring.know(customer_event(known, version=2), customer_event(known, version=3))
    await scoring.know(customer_event(known, version=1), customer_event())
    assert (await scoring.read("/v1/status"))["known_customers"] == 2
    assert await scoring.count("known_customers WHERE version = 3") == 1


async def test_a_fact_a_little_ahead_of_the_clock_counts_at_once(scoring: ScoringService) -> None:
    event: Event[PurchaseRecorded] = interaction_event(at=START + timedelta(minutes=4))
    await scoring.apply(event)
    shown = await scoring.score()
    assert shown["realised_value"]["value"]["minor"] == 3_000
    assert shown["as_of"] == "1997-01-01T04:04:00Z"
