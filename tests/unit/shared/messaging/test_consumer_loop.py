"""When the loop commits, rewinds, lets go of partitions and ends."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager

import pytest

from shared.errors import Unavailable
from shared.messaging import consumer_loop
from shared.messaging.attempts import Attempts, Pause
from shared.messaging.broker import Record, TopicPartition
from shared.messaging.consumer_loop import ConsumerLoop, Process
from shared.messaging.consumer_metrics import ConsumerMetrics
from shared.messaging.retry import RetryPolicy
from tests.support.fakes import ScriptedBroker, ScriptedSubscription
from tests.support.messaging import NOON

TOPIC = "interaction.events"
AWAY = Unavailable("away", code="test_away")
QUICK = RetryPolicy(first_delay_seconds=0.001, longest_delay_seconds=0.01)


def records(*places: tuple[int, int]) -> list[Record]:
    return [Record(TOPIC, partition, offset, b"key", b"", (), NOON) for partition, offset in places]


def offsets(**by_partition: int) -> dict[TopicPartition, int]:
    return {TopicPartition(TOPIC, int(name[1:])): offset for name, offset in by_partition.items()}


class Applied:
    """Remembers what it was given; the first calls fail as scripted, by way of the pause."""

    def __init__(self, *failing_calls: int) -> None:
        self.calls: list[list[int]] = []
        self.trying = asyncio.Event()
        self._failing = failing_calls

    async def __call__(self, batch: Sequence[Record], pause: Pause) -> None:
        self.calls.append([record.offset for record in batch])
        if len(self.calls) in self._failing:
            self.trying.set()
            while True:
                await pause(0.01)


@asynccontextmanager
async def looping(broker: ScriptedBroker, process: Process) -> AsyncIterator[asyncio.Event]:
    """The event tells the loop to stop, which it must then do at once."""
    stop = asyncio.Event()
    loop = ConsumerLoop(
        group="test",
        topics=[TOPIC],
        broker=broker,
        process=process,
        attempts=Attempts(QUICK),
        metrics=ConsumerMetrics(service="test", group="test"),
        max_batch=100,
    )
    task = asyncio.create_task(loop.run(stop))
    yield stop
    stop.set()
    await asyncio.wait_for(task, 1)
    assert broker.subscription.closed.is_set()


async def until(subscription: ScriptedSubscription, commits: int) -> None:
    async with asyncio.timeout(2):
        while len(subscription.committed) < commits:  # noqa: ASYNC110 - the fake announces nothing
            await asyncio.sleep(0.001)


async def test_the_offset_after_the_last_record_of_each_partition_is_committed() -> None:
    subscription = ScriptedSubscription(records((0, 5), (0, 6), (1, 2)), records((0, 7)))
    async with looping(ScriptedBroker(subscription), Applied()):
        await until(subscription, 2)
    assert subscription.committed == [offsets(p0=7, p1=3), offsets(p0=8)]


async def test_failures_of_the_broker_are_waited_out() -> None:
    subscription = ScriptedSubscription(records((0, 0)))
    subscription.fetch_failures.extend([AWAY, AWAY])
    subscription.commit_failures.extend([AWAY, AWAY])
    broker, applied = ScriptedBroker(subscription), Applied()
    broker.subscribe_failures.extend([AWAY, AWAY])
    async with looping(broker, applied):
        await until(subscription, 1)
    assert applied.calls == [[0]]


async def test_a_batch_in_an_outage_is_dropped_and_read_again_when_partitions_move() -> None:
    subscription = ScriptedSubscription(records((0, 0), (0, 1)), records((0, 2)))
    applied = Applied(1)
    async with looping(ScriptedBroker(subscription), applied):
        await asyncio.wait_for(applied.trying.wait(), 1)
        assert subscription.on_revoked is not None
        await asyncio.wait_for(subscription.on_revoked(frozenset()), 1)
        await until(subscription, 2)
    assert subscription.rewinds == 1
    assert applied.calls == [[0, 1], [0, 1], [2]]


async def test_a_batch_in_a_long_outage_is_read_again_now_and_then(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(consumer_loop, "_HOLD_SECONDS", 0.05)
    subscription = ScriptedSubscription(records((0, 0)))
    applied = Applied(1, 2, 3)
    async with looping(ScriptedBroker(subscription), applied):
        await until(subscription, 1)
    assert subscription.rewinds == 3


async def test_partitions_that_move_wait_for_a_batch_that_makes_progress() -> None:
    finish = asyncio.Event()
    working = asyncio.Event()

    async def process(batch: Sequence[Record], pause: Pause) -> None:
        working.set()
        await finish.wait()

    subscription = ScriptedSubscription(records((0, 0)))
    async with looping(ScriptedBroker(subscription), process):
        await asyncio.wait_for(working.wait(), 1)
        assert subscription.on_revoked is not None
        moving = asyncio.ensure_future(subscription.on_revoked(frozenset()))
        done, _ = await asyncio.wait([moving], timeout=0.05)
        assert not done
        finish.set()
        await asyncio.wait_for(moving, 1)
        assert subscription.committed == [offsets(p0=1)]


async def test_stopping_in_an_outage_commits_nothing() -> None:
    subscription = ScriptedSubscription(records((0, 0)))
    applied = Applied(1)
    async with looping(ScriptedBroker(subscription), applied) as stop:
        await asyncio.wait_for(applied.trying.wait(), 1)
        stop.set()
    assert subscription.committed == []


async def test_records_that_arrive_as_the_subscription_closes_are_left_to_others() -> None:
    subscription = ScriptedSubscription()
    applied = Applied()
    async with looping(ScriptedBroker(subscription), applied):
        await asyncio.sleep(0)  # the loop waits in its fetch, which the closing ends
        subscription.batch_on_close = records((0, 0))
    assert (applied.calls, subscription.committed) == ([], [])


async def test_a_batch_is_not_begun_once_stopping_was_asked_for_during_the_look_at_the_lag() -> None:
    class SlowLag(ScriptedSubscription):
        async def lag(self) -> Mapping[TopicPartition, int]:
            stop.set()
            await asyncio.wait_for(self.closed.wait(), 1)
            return {}

    subscription = SlowLag(records((0, 0)))
    applied = Applied()
    async with looping(ScriptedBroker(subscription), applied) as stop:
        await asyncio.wait_for(subscription.closed.wait(), 1)
    assert (applied.calls, subscription.committed) == ([], [])


async def test_stopping_while_the_broker_is_away_ends_at_once() -> None:
    broker = ScriptedBroker(ScriptedSubscription())
    broker.subscribe_failures.extend([AWAY] * 10_000)
    stop = asyncio.Event()
    loop = ConsumerLoop(
        group="test",
        topics=[TOPIC],
        broker=broker,
        process=Applied(),
        attempts=Attempts(RetryPolicy(first_delay_seconds=60, longest_delay_seconds=60)),
        metrics=ConsumerMetrics(service="test", group="test"),
        max_batch=100,
    )
    task = asyncio.create_task(loop.run(stop))
    await asyncio.sleep(0)
    stop.set()
    await asyncio.wait_for(task, 1)
    assert len(broker.subscribe_failures) == 9_999


async def test_an_error_of_the_process_ends_the_loop_and_leaves_the_group() -> None:
    async def process(batch: Sequence[Record], pause: Pause) -> None:
        raise LookupError("a bug")

    subscription = ScriptedSubscription(records((0, 0)))
    with pytest.raises(LookupError):
        async with looping(ScriptedBroker(subscription), process):
            await asyncio.wait_for(subscription.closed.wait(), 1)
    assert subscription.committed == []
