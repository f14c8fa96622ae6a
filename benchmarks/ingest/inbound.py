"""The other door: interactions that other systems publish to a topic."""

from dataclasses import dataclass

from benchmarks.harness.backlog import catch_up
from benchmarks.harness.cases import Figures
from benchmarks.harness.kafka import begin_anew, committed_offsets
from benchmarks.harness.site import BrokerSite, Site
from benchmarks.load.happenings import Story
from benchmarks.load.records import inbound
from shared.contracts.topics import INBOUND_EVENTS

GROUP = "interaction.inbound"
_CHUNK = 5_000


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
        servers = {"postgres": self.site.postgres_pid, "kafka": self.broker.pid or 0}
        try:
            async with committed_offsets(self.broker.bootstrap_servers, GROUP) as done:
                return await catch_up(worker, done, self.events, servers)
        finally:
            await self.site.drop(database)
