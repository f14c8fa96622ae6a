"""One run through each HTTP door: requests made beforehand, a closed loop, every answer a success."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count

import msgspec

from benchmarks.harness.accounting import accounted
from benchmarks.harness.cases import Figures
from benchmarks.harness.processes import HttpProcess
from benchmarks.harness.site import Site
from benchmarks.load.happenings import Happening, Story
from benchmarks.load.http import LoadResult, closed_loop, request_bytes
from benchmarks.load.population import Population
from benchmarks.load.records import cloudevent, submission

_encode = msgspec.json.Encoder().encode
_WARM_UP_SHARE = 0.1


def as_single(part: Sequence[Happening]) -> bytes:
    return _encode(submission(part[0]))


def as_batch(part: Sequence[Happening]) -> bytes:
    return _encode({"items": [submission(one) for one in part]})


def as_lines(part: Sequence[Happening]) -> bytes:
    return b"\n".join(_encode(submission(one)) for one in part)


def as_cloudevent(part: Sequence[Happening]) -> bytes:
    return _encode(cloudevent(part[0]))


def as_cloudevents(part: Sequence[Happening]) -> bytes:
    return _encode([cloudevent(one) for one in part])


@dataclass(frozen=True, slots=True)
class Door:
    """Where to, in what form, and how many events in a request."""

    path: str
    media_type: str
    body: Callable[[Sequence[Happening]], bytes]
    batch: int = 1
    connections: int = 32

    def requests(self, url: str, story: Story, headers: dict[str, str]) -> list[bytes]:
        headers = {**headers, "Content-Type": self.media_type}
        return [request_bytes(url + self.path, self.body(part), headers) for part in story.told(self.batch)]


SINGLE = Door("/v1/interactions", "application/json", as_single)
BATCH = Door("/v1/interactions/batch", "application/json", as_batch, batch=500, connections=4)
LINES = Door("/v1/interactions/batch", "application/x-ndjson", as_lines, batch=500, connections=4)
CLOUDEVENT = Door("/v1/events", "application/cloudevents+json", as_cloudevent)
CLOUDEVENTS = Door("/v1/events", "application/cloudevents-batch+json", as_cloudevents, batch=500, connections=4)
NAIVE_SINGLE = Door("/interactions", "application/json", as_single)
NAIVE_BATCH = Door("/interactions/batch", "application/json", as_batch, batch=500, connections=4)


@dataclass
class Traffic:
    """Purchases of a population that nobody has sent yet, as many as a server could take in a run."""

    population: Population
    until: datetime
    seconds: float
    _seeds: "count[int]" = field(default_factory=lambda: count(1000))

    def story(self, events: int) -> Story:
        return Story(
            population=self.population,
            count=events,
            seed=next(self._seeds),
            until=self.until,
            days=30.0,
            only="purchase",
        )


@dataclass(frozen=True, slots=True)
class DoorRun:
    """A server that runs for as long as its case is measured, and what is sent to it in each run."""

    site: Site
    server: HttpProcess
    door: Door
    traffic: Traffic
    most_per_second: int
    """Events; enough that the load never runs out before the time does."""
    headers: dict[str, str]

    async def measure(self) -> Figures:
        story = self.traffic.story(int(self.most_per_second * self.traffic.seconds * (1 + _WARM_UP_SHARE)))
        requests = self.door.requests(self.server.url, story, self.headers)
        warming = max(self.door.connections, int(len(requests) * _WARM_UP_SHARE))
        await self._send(requests[:warming], self.traffic.seconds * _WARM_UP_SHARE)
        await self.site.settle()
        pids = {"own": self.server.pid, "postgres": self.site.postgres_pid}
        async with accounted(pids, memory_of=["own"]) as account:
            result = await self._send(requests[warming:], self.traffic.seconds)
        events = len(result.latencies) * self.door.batch
        return {
            "per_second": events / result.seconds,
            "p50_ms": result.milliseconds(0.5),
            "p99_ms": result.milliseconds(0.99),
            "own_cpu_us": account.cpu["own"] / events * 1e6,
            "postgres_cpu_us": account.cpu["postgres"] / events * 1e6,
            "peak_megabytes": account.peak_megabytes["own"],
        }

    async def _send(self, requests: Sequence[bytes], seconds: float) -> LoadResult:
        result = await closed_loop(self.server.url, requests, connections=self.door.connections, seconds=seconds)
        result.require_success()
        return result
