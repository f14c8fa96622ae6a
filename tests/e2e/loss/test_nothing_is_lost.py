"""Every worker, api, the database and the broker killed at random moments during a replay, on both brokers."""

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from deploy.local.kafka import KafkaCluster
from tests.e2e.loss.site import Site, broker_of, open_site
from tests.e2e.loss.verdict import judge_counts, judge_mail, judge_order, settle
from tests.e2e.loss.workload import Workload
from tests.support.tokens import Tokens

SECONDS_OF_TERROR = 30.0
pytestmark = [pytest.mark.crash, pytest.mark.timeout(420), pytest.mark.xdist_group("loss")]


@pytest.fixture
async def site(kafka: KafkaCluster | None, tmp_path: Path, tokens: Tokens) -> AsyncIterator[Site]:
    async with open_site(tmp_path, kafka, tokens) as opened:
        yield opened


async def kill_at_random(site: Site, chance: random.Random, done: asyncio.Event) -> Counter[str]:
    """Kills one part after the other, each at least once, until the workload is `done`; some die in pairs."""
    killed: Counter[str] = Counter()
    waiting: list[str] = []
    while waiting or not done.is_set():
        if not waiting:
            waiting = chance.sample(site.victims, len(site.victims))
        for _ in range(chance.choice((1, 1, 2))):
            if waiting:
                victim = waiting.pop()
                await site.kill(victim)
                killed[victim] += 1
        await asyncio.sleep(chance.uniform(0.0, 0.6))  # how long it stays dead is part of the experiment
        await site.bring_back()
        if chance.random() < 0.7:
            await site.wait_ready()
        # else the next one dies while the last one is still getting up
        await asyncio.sleep(chance.uniform(0.0, 1.5))
    return killed


@pytest.mark.parametrize("seed", [1])
async def test_no_event_and_no_message_is_lost_or_doubled(
    site: Site, seed: int, record_testsuite_property: Callable[[str, object], None]
) -> None:
    workload = Workload(customers=24, purchases_each=25)
    done = asyncio.Event()
    killer = asyncio.create_task(kill_at_random(site, random.Random(seed), done))
    try:
        await workload.run(site, seconds=SECONDS_OF_TERROR)
    finally:
        done.set()
        killed = await killer
    await site.bring_back()
    await site.wait_ready()

    await settle(site, workload)
    await judge_counts(site, workload)
    broker = broker_of(site.broker)
    await broker.start()
    try:
        republished = await judge_order(broker, workload)
    finally:
        await broker.stop()
    mail = await judge_mail(site, workload)

    assert set(killed) == set(site.victims)
    record_testsuite_property(
        "report",
        f"{workload.total} purchases; killed {dict(killed)}; requests repeated {workload.repeated_requests}; "
        f"events published again {republished}; messages {mail.messages}, of them resent under their key {mail.resent}",
    )
