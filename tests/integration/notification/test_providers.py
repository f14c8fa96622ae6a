"""Several providers: failover, what is pinned, what is left alone, rates, lanes and costs."""

import asyncio
from typing import Any
from uuid import UUID, uuid4

from services.notification.channels.buckets import Rate
from services.notification.channels.port import Cost, Outgoing, SendResult, SendStatus
from services.notification.channels.registry import Mounted, Providers, serving
from services.notification.messages.lifecycle import DeliveryLimits, UncertainPolicy
from shared.contracts.common import Channel
from shared.contracts.notification import MessageCost, MessageSent
from tests.support.eventually import eventually
from tests.support.factories.notification import profile_updated, purchase
from tests.support.notification_service import NotificationService, running
from tests.support.smtp import ScriptedChannel, answering

DOWN = SendResult(SendStatus.UNREACHABLE, "nobody answers")


async def plan_many(service: NotificationService, count: int) -> list[UUID]:
    customers = [uuid4() for _ in range(count)]
    await service.handle(*map(profile_updated, customers))
    await service.handle(*map(purchase, customers))
    return customers


async def down(_message: Outgoing) -> SendResult:
    return DOWN


async def attempts(service: NotificationService) -> list[tuple[Any, ...]]:
    rows = await service.rows("SELECT provider, outcome FROM attempts ORDER BY message_id, number")
    return [tuple(row.values()) for row in rows]


async def test_what_one_provider_cannot_take_goes_by_the_next(service: NotificationService) -> None:
    await plan_many(service, 30)
    first, second = ScriptedChannel(down, name="first"), ScriptedChannel(name="second")
    await service.deliver(serving(Channel.EMAIL, [first, second]))
    assert len({message.message_id for message in second.emails}) == len(second.emails) == 30
    assert await service.scalar("SELECT count(*) FROM messages WHERE state = 'sent' AND provider = 'second'") == 30
    # Left alone once it had failed a few times: not each message found out for itself.
    assert len(first.emails) < 30
    (state,) = await service.rows("SELECT provider, failures, openings, problem FROM provider_states")
    assert (state["provider"], state["problem"]) == ("first", "nobody answers")
    assert state["openings"] >= 1
    told = [event.data for event in await service.published()]
    assert {type(data) for data in told} == {MessageSent}
    assert {getattr(data, "provider", None) for data in told} == {"second"}


async def test_a_provider_that_came_back_is_used_again(service: NotificationService) -> None:
    await plan_many(service, 10)
    first = ScriptedChannel(answering(DOWN, DOWN, DOWN), name="first")
    await service.deliver(serving(Channel.EMAIL, [first]))
    assert await service.scalar("SELECT count(*) FROM messages WHERE state = 'sent'") == 10
    assert await service.scalar("SELECT open_until FROM provider_states") is None


async def test_what_may_have_been_accepted_goes_only_to_who_recognises_it(service: NotificationService) -> None:
    await plan_many(service, 1)
    lost = SendResult(SendStatus.UNCERTAIN, "no answer")
    first = ScriptedChannel(answering(lost, DOWN, DOWN, DOWN, DOWN), name="first", honours_key=True)
    second = ScriptedChannel(name="second")
    hold = DeliveryLimits(uncertain=UncertainPolicy.HOLD)
    await service.deliver(serving(Channel.EMAIL, [first, second]), limits=hold)
    assert second.emails == []
    assert await attempts(service) == [("first", "uncertain"), *[("first", "unreachable")] * 4, ("first", "accepted")]


async def test_what_only_a_lost_provider_could_recognise_waits_for_a_person(service: NotificationService) -> None:
    await plan_many(service, 1)
    lost = SendResult(SendStatus.UNCERTAIN, "no answer")
    first = ScriptedChannel(answering(lost), name="first", honours_key=True)
    async with running(service.loop(first, limits=DeliveryLimits())):

        async def tried() -> bool:
            return bool(await service.scalar("SELECT count(*) FROM messages WHERE resends = 1 AND state = 'planned'"))

        await eventually(tried)
    service.wall.shift += DeliveryLimits().longest_delay
    await service.deliver(ScriptedChannel(name="second"))
    (row,) = await service.rows("SELECT state, reason FROM messages")
    assert (row["state"], "first, which is no longer configured" in row["reason"]) == ("uncertain", True)


async def test_a_rate_is_kept_by_all_workers_together(service: NotificationService) -> None:
    await plan_many(service, 12)
    channels = [ScriptedChannel(), ScriptedChannel()]
    limited = [
        Providers({Channel.EMAIL: [Mounted(provider=channel, rate=Rate(per_second=0.001, burst=5))]})
        for channel in channels
    ]
    async with running(service.loop(limited[0])), running(service.loop(limited[1])):

        async def burst_is_sent() -> bool:
            return bool(await service.scalar("SELECT count(*) FROM messages WHERE state = 'sent'") == 5)

        await eventually(burst_is_sent)
        await asyncio.sleep(0.3)  # long enough to have taken more, were there any to be taken
    assert sum(len(channel.emails) for channel in channels) == 5
    assert await service.scalar("SELECT count(*) FROM messages WHERE state = 'planned' AND attempts = 0") == 7


async def test_what_is_urgent_waits_behind_no_campaign(service: NotificationService) -> None:
    campaign = await plan_many(service, 60)
    async with service.database.transaction() as session:
        connection = await session.connection()
        await connection.exec_driver_sql("UPDATE messages SET lane = 'bulk'")
    go = asyncio.Event()

    async def stuck_unless_urgent(message: Outgoing) -> SendResult:
        if message.name != "Urgent":
            await go.wait()
        return SendResult(SendStatus.ACCEPTED)

    channel = ScriptedChannel(stuck_unless_urgent)
    urgent = uuid4()
    async with running(service.loop(channel, concurrency=4, reserved=1)):
        await eventually(lambda: _begun(channel, 3))
        await service.handle(profile_updated(urgent, display_name="Urgent"))
        await service.handle(purchase(urgent))
        async with service.database.transaction() as session:
            connection = await session.connection()
            await connection.exec_driver_sql("UPDATE messages SET lane = 'urgent' WHERE lane = 'normal'")

        async def urgent_is_sent() -> bool:
            return [row["state"] for row in await service.messages(urgent)] == ["sent"]

        await eventually(urgent_is_sent)
        assert await service.scalar("SELECT count(*) FROM messages WHERE lane = 'bulk' AND state = 'sent'") == 0
        # Half of the hands at most are filled with a campaign.
        assert await service.scalar("SELECT count(*) FROM messages WHERE state = 'sending'") <= 8
        go.set()
        await service.until_settled()
    assert len(channel.emails) == len(campaign) + 1


async def _begun(channel: ScriptedChannel, count: int) -> bool:
    return len(channel.emails) >= count


async def test_what_a_message_costs_is_kept_and_told(service: NotificationService) -> None:
    (customer_id,) = await plan_many(service, 1)
    script = answering(SendResult(SendStatus.DEFERRED), SendResult(SendStatus.ACCEPTED, reference="r-1", units=3))
    priced = Mounted(provider=ScriptedChannel(script), unit_cost=Cost(45_000, "CNY"))
    await service.deliver(Providers({Channel.EMAIL: [priced]}))
    (row,) = await service.messages(customer_id)
    assert (row["units"], row["cost_micros"], row["cost_currency"], row["reference"]) == (3, 135_000, "CNY", "r-1")
    (told,) = await service.published()
    assert isinstance(told.data, MessageSent)
    assert (told.data.units, told.data.cost) == (3, MessageCost(micros=135_000, currency="CNY"))
