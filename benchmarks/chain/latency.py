"""How long an event takes from its commit at the door to its score, and to the message that it causes."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from itertools import count

from benchmarks.chain.platform import Chain
from benchmarks.harness.cases import Figures
from benchmarks.harness.figures import quantile
from benchmarks.harness.processes import ProcessFailed
from benchmarks.ingest import doors
from benchmarks.load.happenings import Story
from benchmarks.load.http import open_loop
from benchmarks.load.smtp_sink import read_arrivals
from shared.clock import wall_now

_WARM_UP_SHARE = 0.2
_CONNECTIONS = 64
_DRAINING_SECONDS = 60.0
_LOOK_SECONDS = 0.25
_QUIET_LOOKS = 8
_MOMENT = timedelta(minutes=1)
_COMMITTED = "SELECT interaction_id, extract(epoch FROM pg_xact_commit_timestamp(xmin)) FROM interactions"
_SCORED = "SELECT event_id, extract(epoch FROM pg_xact_commit_timestamp(xmin)) FROM facts"
_CAUSES = "SELECT message_id, caused_by FROM messages JOIN decisions USING (decision_id) WHERE caused_by IS NOT NULL"

seeds = count(5_000)


def recent_story(chain: Chain, events: int) -> Story:
    """Of the last minute: for what happened long ago nobody is thanked."""
    now = wall_now()
    return Story(
        population=chain.population, count=events, seed=next(seeds), until=now, days=_MOMENT / timedelta(days=1)
    )


class LatencyRun:
    """Single requests at an even rate, whatever becomes of the earlier ones.

    PostgreSQL itself says when each transaction was committed; the mail server when each message came.
    """

    def __init__(self, chain: Chain, per_second: int, seconds: float) -> None:
        self._chain = chain
        self._per_second = per_second
        self._seconds = seconds

    async def measure(self) -> tuple[Figures, Figures]:
        """To the score, and to the message."""
        chain = self._chain
        before = await chain.facts()
        story = recent_story(chain, int(self._per_second * self._seconds))
        url = chain.url("interaction")
        requests = doors.SINGLE.requests(url, story, chain.site.headers())
        known = await self._read("interaction", _COMMITTED)
        result = await open_loop(url, requests, connections=_CONNECTIONS, per_second=self._per_second)
        result.require_success()
        if not await chain.await_facts(before + len(requests), seconds=_DRAINING_SECONDS):
            raise ProcessFailed(f"not all of {len(requests)} events were scored in {_DRAINING_SECONDS:.0f} s")
        committed = await self._read("interaction", _COMMITTED)
        new = sorted(committed.keys() - known.keys(), key=committed.__getitem__)
        measured = new[int(len(new) * _WARM_UP_SHARE) :]
        scored = await self._read("scoring", _SCORED)
        arrived = await self._await_messages()
        to_score = [scored[one] - committed[one] for one in measured]
        to_message = [arrived[one] - committed[one] for one in measured if one in arrived]
        return _figures(to_score), _figures(to_message)

    async def _await_messages(self) -> dict[str, float]:
        """When the message of each event arrived, once none is on its way any more."""
        quiet, arrivals = 0, read_arrivals(self._chain.arrivals)
        while quiet < _QUIET_LOOKS:
            await asyncio.sleep(_LOOK_SECONDS)
            status = await self._chain.ask("notification", "/v1/status")
            before, arrivals = arrivals, read_arrivals(self._chain.arrivals)
            waiting = status["planned"] or status["sending"] or len(arrivals) > len(before)
            quiet = 0 if waiting else quiet + 1
        causes = await self._read_texts()
        return {causes[message]: at for message, at in arrivals.items() if message in causes}

    async def _read(self, service: str, statement: str) -> dict[str, float]:
        connection = await self._chain.site.postgres.connect(self._chain.databases[service])
        try:
            return {str(row[0]): float(row[1]) for row in await connection.fetch(statement)}
        finally:
            await connection.close()

    async def _read_texts(self) -> dict[str, str]:
        connection = await self._chain.site.postgres.connect(self._chain.databases["notification"])
        try:
            return {str(row[0]): str(row[1]) for row in await connection.fetch(_CAUSES)}
        finally:
            await connection.close()


def _figures(seconds: Sequence[float]) -> Figures:
    ordered = sorted(seconds)
    return {f"p{share}_ms": quantile(ordered, share / 100) * 1000 for share in (50, 95, 99)}
