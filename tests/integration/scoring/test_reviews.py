"""Time alone changes classes: customers are looked at again when they are due, and nobody else is."""

from datetime import timedelta
from uuid import uuid4

from services.scoring.facts.use_cases import fold_batches
from shared.clock import wall_now
from shared.contracts import interaction
from tests.support.factories.scoring import CUSTOMER, START, days, interaction_event
from tests.support.scoring_service import ScoringService


async def test_silence_leads_to_decline_without_a_new_fact(scoring: ScoringService) -> None:
    for week in range(4):
        scoring.clock.move_to(START + days(7 * week))
        await scoring.apply(interaction_event(at=scoring.clock.now()))
    assert (await scoring.told())[-1].lifecycle_stage == "formation"
    last = START + days(21)
    while (due := await scoring.due_at()) is not None:
        before = len(await scoring.told())
        scoring.clock.move_to(due - timedelta(seconds=1))
        await scoring.review()
        assert len(await scoring.told()) == before
        scoring.clock.move_to(due)
        await scoring.review()
    told = await scoring.told()
    assert told[-1].lifecycle_stage == "decline"
    assert told[-1].churn_risk == 70.0
    final = next(one for one in told if one.lifecycle_stage == "decline")
    assert final.changed == ("lifecycle_stage", "loyalty", "churn_risk")
    # Three times the mean gap of 7 days, then the first midnight in Shanghai after the 21st silent day.
    assert final.as_of == last.replace(hour=16, minute=0) + days(21)


async def test_a_complaint_turns_late_by_itself(scoring: ScoringService) -> None:
    await scoring.apply(interaction_event(interaction.ComplaintOpened))
    before = (await scoring.told())[-1].satisfaction
    due = await scoring.due_at()
    assert due is not None
    assert due == START + timedelta(hours=48, microseconds=1)
    scoring.clock.move_to(due)
    await scoring.review()
    assert (await scoring.told())[-1].satisfaction == before - 6
    assert await scoring.due_at() is None


async def test_new_facts_only_bring_a_review_forward(scoring: ScoringService) -> None:
    await scoring.apply(interaction_event())
    first = await scoring.due_at()
    scoring.clock.move_to(START + days(5))
    await scoring.apply(interaction_event(at=START + days(5)))
    assert first is not None
    assert await scoring.due_at() is not None
    assert (await scoring.due_at() or first) <= first
    scoring.clock.move_to(START + days(6))
    await scoring.apply(interaction_event(interaction.ComplaintOpened, START + days(6)))
    assert await scoring.due_at() == START + days(
        8,
    ) + timedelta(microseconds=1)


async def test_only_who_is_due_is_looked_at_in_bounded_batches(scoring: ScoringService) -> None:
    late = [uuid4() for _ in range(5)]
    await scoring.apply(
        *(interaction_event(interaction.ComplaintOpened, customer_id=customer) for customer in late),
        interaction_event(at=START),
    )
    scoring.clock.move_to(START + days(3))
    assert (await scoring.read("/v1/status"))["reviews_due"] == 5
    told = len(await scoring.told(CUSTOMER))
    await scoring.review(batch=2)
    assert (await scoring.read("/v1/status"))["reviews_due"] == 0
    assert len(await scoring.told(CUSTOMER)) == told
    assert [len(await scoring.told(customer)) for customer in late] == [2] * 5


async def test_the_record_of_batches_is_folded_without_losing_counts(scoring: ScoringService) -> None:
    for number in range(5):
        await scoring.apply(interaction_event(at=START - days(number)))
    before = await scoring.read("/v1/status")
    for _ in range(2):
        async with scoring.database.transaction() as session:
            await fold_batches(session, applied_before=wall_now() + days(1))
    after = await scoring.read("/v1/status")
    assert await scoring.count("applied_batches") == 1
    assert {**after, "recorded_to_scored_ms": {}} == {**before, "recorded_to_scored_ms": {}}
    await scoring.apply(interaction_event(at=START))
    assert (await scoring.read("/v1/status"))["facts"] == 6
