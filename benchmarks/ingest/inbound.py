"""The other door: interactions that other systems publish to a topic."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from benchmarks.harness.accounting import accounted
from benchmarks.harness.cases import Figures
from benchmarks.harness.kafka import begin_anew, committed_offsets
from benchmarks.harness.processes import HttpProcess, ProcessFailed
from benchmarks.harness.site import BrokerSite, Site
from benchmarks.load.happenings import Story
from benchmarks.load.records import inbound
from shared.contracts.topics import INBOUND_EVENTS

GROUP = "interaction.inbound"
_CHUNK = 5_000
_LOOK_SECONDS = 0.05
_MOST_SECONDS = 600.0


async def publish_inbound(broker: BrokerSite, story: Story) -> None:
    for chunk in story.told(_CHUNK):
        await broker.client.publish(inbound(chunk))


@dataclass(frozen=True, slots=True)
class InboundRun:
    """The worker over a backlog of `events`; its relay publishes them on in the same process, as always."""

    site: Site
    broker: BrokerSite
    template: str
    events: int

    async def measure(self) -> Figures:
        await begin_anew(self.broker.bootstrap_servers, GROUP, INBOUND_EVENTS)
        database = await self.site.clone(self.template)
        await self.site.settle()
        worker = self.site.service("interaction", "worker", database, self.broker.settings)
        try:
            async with committed_offsets(self.broker.bootstrap_servers, GROUP) as done, worker.running():
                began, first = await self._await_offset(worker, done, 1)
                pids = {"own": worker.pid, "postgres": self.site.postgres_pid, "kafka": self.broker.pid or 0}
                async with accounted(pids, memory_of=["own"]) as account:
                    ended, _ = await self._await_offset(worker, done, self.events)
        finally:
            await self.site.drop(database)
        events = self.events - first
        return {
            "per_second": events / (ended - began),
            "peak_megabytes": account.peak_megabytes["own"],
            **{f"{name}_cpu_us": seconds / events * 1e6 for name, seconds in account.cpu.items()},
        }

    async def _await_offset(
        self, worker: HttpProcess, done: Callable[[], Awaitable[int]], wanted: int
    ) -> tuple[float, int]:
        """The instant at which at least `wanted` events were done, and how many were."""
        deadline = time.monotonic() + _MOST_SECONDS
        while (offset := await done()) < wanted:
            worker.require_running()
            if time.monotonic() > deadline:
                raise ProcessFailed(f"{offset} of {wanted} events in {_MOST_SECONDS:.0f} s:\n{worker.tail()}")
            await asyncio.sleep(_LOOK_SECONDS)
        return time.perf_counter(), offset
