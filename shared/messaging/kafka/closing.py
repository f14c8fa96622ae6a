"""Ending the client's producers and consumers for certain, which their own `stop` does not do while Kafka is away.

This is the only place that knows their inner parts (aiokafka 0.14).
"""

import asyncio
from collections.abc import Awaitable, Iterable
from typing import Any

import structlog
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.errors import KafkaError, ProducerClosed

log = structlog.get_logger(__name__)

_SECONDS = 5.0


async def stop_consumer(consumer: AIOKafkaConsumer, group: str) -> None:
    """Leaves the group where that is possible within seconds; otherwise the member's session runs out by itself."""
    if await _ended_well(consumer.stop()):
        return
    log.warning("kafka_consumer_closed_hard", group=group)
    coordinator, fetcher = consumer._coordinator, consumer._fetcher
    tasks: list[asyncio.Task[Any] | None] = []
    if coordinator is not None:
        tasks += [coordinator._coordination_task, coordinator._heartbeat_task, coordinator._commit_refresh_task]
    if fetcher is not None:
        tasks += [fetcher._fetch_task, *fetcher._pending_tasks]
    await _cancel(tasks)
    await _ended_well(consumer._client.close())


async def stop_producer(producer: AIOKafkaProducer) -> None:
    """Delivers what is in hand where that is possible within seconds."""
    if not await _ended_well(producer.stop()):
        log.warning("kafka_producer_closed_hard")
        await abandon_producer(producer)


async def abandon_producer(producer: AIOKafkaProducer) -> None:
    """Ends a producer without delivering what it still holds."""
    producer._closed = True
    # Whoever waits for a delivery learns that it will not come; nobody need be waiting.
    accumulator = producer._message_accumulator
    accumulator.fail_all(ProducerClosed())
    queued = [batch for batches in accumulator._batches.values() for batch in batches]
    for batch in (*queued, *accumulator._pending_batches):
        batch.future.exception()
        if not batch._drain_waiter.cancelled():
            batch._drain_waiter.exception()
    await _cancel([producer._sender.sender_task])
    await _ended_well(producer.client.close())


async def _ended_well(stopping: Awaitable[None]) -> bool:
    try:
        async with asyncio.timeout(_SECONDS):
            await stopping
    except (TimeoutError, KafkaError, OSError):
        return False
    except asyncio.CancelledError:
        # A consumer whose fetch was just waiting to be tried again passes that task's cancellation on to its caller.
        task = asyncio.current_task()
        if task is not None and task.cancelling():
            raise
        return False
    return True


async def _cancel(tasks: Iterable[asyncio.Task[Any] | None]) -> None:
    running = [task for task in tasks if task is not None]
    for task in running:
        task.cancel()
    if running:
        await asyncio.wait(running, timeout=_SECONDS)
