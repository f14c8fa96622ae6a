"""Events that arrive before their customer's profile wait for it: in any order, under any race, none is lost."""

import asyncio
from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from services.notification.policy import CarePolicy
from services.notification.triggers.consumers import CareConsumers
from shared.contracts.notification import MessageSuppressed
from tests.support.eventually import eventually
from tests.support.factories.notification import (
    NOON,
    complaint,
    profile_erased,
    profile_updated,
    purchase,
    resolution,
    visit,
)
from tests.support.notification_service import NotificationService

MAX_WAIT = CarePolicy().max_wait


async def outcomes(service: NotificationService, customer_id: UUID) -> set[tuple[str, str | None]]:
    return {(row["outcome"], row["reason"]) for row in await service.decisions(customer_id)}


async def test_event_waits_and_is_decided_on_with_the_profile(service: NotificationService) -> None:
    customer_id = uuid4()
    await service.handle(purchase(customer_id), visit(customer_id), complaint(customer_id))
    assert await outcomes(service, customer_id) == {("awaiting_profile", None)}
    assert await service.messages(customer_id) == []
    assert (await service.get("/v1/status"))["awaiting_profile"] == 3
    await service.handle(profile_updated(customer_id))
    assert await outcomes(service, customer_id) == {("planned", None)}
    assert len(await service.messages(customer_id)) == 4
    assert (await service.get("/v1/status"))["awaiting_profile"] == 0


async def test_waiting_event_is_suppressed_by_the_profile_it_waited_for(service: NotificationService) -> None:
    customer_id = uuid4()
    event = purchase(customer_id)
    await service.handle(event)
    await service.handle(profile_updated(customer_id, consents=()))
    assert await outcomes(service, customer_id) == {("suppressed", "no_consent")}
    (told,) = await service.published()
    assert isinstance(told.data, MessageSuppressed)
    assert told.envelope.causationid == event.envelope.id
    assert told.envelope.correlationid == event.envelope.id


@pytest.mark.parametrize(
    ("wait", "outcome"),
    [(MAX_WAIT, ("planned", None)), (MAX_WAIT + timedelta(seconds=1), ("suppressed", "too_late"))],
)
async def test_wait_is_judged_by_the_instants_in_the_data(
    service: NotificationService, wait: timedelta, outcome: tuple[str, str | None]
) -> None:
    customer_id = uuid4()
    service.clock.move_to(NOON + timedelta(days=400))
    await service.handle(purchase(customer_id))
    await service.handle(profile_updated(customer_id, at=NOON + wait))
    assert await outcomes(service, customer_id) == {outcome}


async def test_erasure_ends_the_wait(service: NotificationService) -> None:
    customer_id = uuid4()
    await service.handle(purchase(customer_id))
    await service.handle(profile_erased(customer_id))
    assert await outcomes(service, customer_id) == {("suppressed", "erased")}
    await service.handle(profile_updated(customer_id, version=9))
    assert await outcomes(service, customer_id) == {("suppressed", "erased")}
    assert await service.messages(customer_id) == []


@pytest.mark.parametrize("event_first", [True, False])
@pytest.mark.parametrize("heard_of", [True, False])
async def test_the_second_of_two_overlapping_handlers_sees_the_first(
    service: NotificationService, event_first: bool, heard_of: bool
) -> None:
    customer_id = uuid4()
    if heard_of:
        await service.handle(resolution(customer_id))
    event, profile = purchase(customer_id), profile_updated(customer_id)
    consumers = CareConsumers(service.desk)
    async with service.database.transaction() as session:
        if event_first:
            await consumers.on_interactions(session, [event])
        else:
            await consumers.on_customers(session, [profile])
        second = asyncio.create_task(service.handle(profile if event_first else event))
        await waiting_for_a_lock(service)
        assert not second.done()
    await second
    assert await outcomes(service, customer_id) == {("planned", None)}
    assert len(await service.messages(customer_id)) == 1


async def waiting_for_a_lock(service: NotificationService) -> None:
    blocked = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
    await eventually(lambda: service.scalar(blocked))


async def test_events_and_profiles_in_a_free_race_all_meet(service: NotificationService) -> None:
    customers = [uuid4() for _ in range(60)]
    events = [[purchase(customer_id), visit(customer_id)] for customer_id in customers]
    profiles = [profile_updated(customer_id) for customer_id in customers]

    async def tell_events(start: int) -> None:
        for index in range(start, len(customers), 3):
            await service.handle(*events[index])

    async def tell_profiles() -> None:
        for start in range(0, len(customers), 7):
            await service.handle(*profiles[start : start + 7])

    await asyncio.gather(tell_events(0), tell_events(1), tell_profiles(), tell_events(2))
    assert await service.scalar("SELECT count(*) FROM decisions WHERE outcome = 'planned'") == 120
    assert await service.scalar("SELECT count(*) FROM decisions WHERE outcome <> 'planned'") == 0
    assert await service.scalar("SELECT count(*) FROM messages") == 120
