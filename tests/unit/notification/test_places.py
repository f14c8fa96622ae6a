"""What is urgent never waits behind what is not, however many asked before."""

import asyncio

from services.notification.messages.jobs.places import Places
from services.notification.values import Lane


async def entered(places: Places, lane: Lane, log: list[Lane], leave: asyncio.Event) -> None:
    async with places.taken(lane):
        log.append(lane)
        await leave.wait()


async def settle() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


async def test_reserved_places_stay_free_for_the_urgent() -> None:
    places, log, leave = Places(3, reserved=1), list[Lane](), asyncio.Event()
    async with asyncio.TaskGroup() as tasks:
        for _ in range(5):
            tasks.create_task(entered(places, Lane.BULK, log, leave))
        await settle()
        assert log == [Lane.BULK] * 2
        tasks.create_task(entered(places, Lane.URGENT, log, leave))
        await settle()
        assert log[2:] == [Lane.URGENT]
        leave.set()
    assert len(log) == 6


async def test_a_place_that_is_freed_goes_to_the_most_urgent() -> None:
    places, log, done = Places(1, reserved=0), list[Lane](), asyncio.Event()
    done.set()
    hold = asyncio.Event()
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(entered(places, Lane.NORMAL, log, hold))
        await settle()
        for lane in (Lane.BULK, Lane.NORMAL, Lane.URGENT, Lane.BULK):
            tasks.create_task(entered(places, lane, log, done))
        await settle()
        hold.set()
    assert log[1:] == [Lane.URGENT, Lane.NORMAL, Lane.BULK, Lane.BULK]


async def test_who_gives_up_waiting_leaves_no_place_taken() -> None:
    places, log, leave = Places(1, reserved=0), list[Lane](), asyncio.Event()
    first = asyncio.create_task(entered(places, Lane.NORMAL, log, leave))
    second = asyncio.create_task(entered(places, Lane.NORMAL, log, leave))
    await settle()
    second.cancel()
    leave.set()
    await first
    async with asyncio.timeout(1), places.taken(Lane.BULK):
        assert log == [Lane.NORMAL]


async def test_with_one_place_nobody_is_locked_out() -> None:
    async with asyncio.timeout(1), Places(1, reserved=5).taken(Lane.BULK) as place:
        assert place is None
